/**
 * The writes that point a Service at a revision, and those that let go of a Service which the
 * Rollout no longer names (spec 7). Only the hash key of the selector and our annotation are touched.
 */
import { events } from '../../api/events.ts';
import { ANNOTATIONS, LABELS } from '../../api/labels.ts';
import type { Service } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { SERVICES } from '../../kube/resources.ts';
import type { Situation } from './situation.ts';

export interface SelectorTarget {
  readonly service: string;
  readonly templateHash: string;
}

/** Whether a Service has been taken over by a Rollout already: it says so, or it selects a revision and only lost the word. */
export function isManaged(situation: Situation, service: string): boolean {
  const present = situation.world.services.get(service);
  return present !== undefined && (!isUnclaimed(present) || selectedRevision(present) !== '');
}

function isUnclaimed(service: Service): boolean {
  return service.metadata.annotations?.[ANNOTATIONS.managedByRollouts] === undefined;
}

function selectedRevision(service: Service): string {
  return service.spec.selector?.[LABELS.podTemplateHash] ?? '';
}

export function selectorWrites(situation: Situation, targets: readonly SelectorTarget[]): Write[] {
  return targets.flatMap((target): Write[] => {
    const service = situation.world.services.get(target.service);
    if (service === undefined) return [];
    const present = selectedRevision(service);
    const moves = present !== target.templateHash;
    if (!moves && !isUnclaimed(service)) return [];
    return [
      {
        op: 'patch',
        resource: SERVICES,
        namespace: situation.namespace,
        name: target.service,
        patch: {
          ...(isUnclaimed(service)
            ? { metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: situation.name } } }
            : {}),
          ...(moves ? { spec: { selector: { [LABELS.podTemplateHash]: target.templateHash } } } : {}),
        },
        // A leader that was frozen must not flip a selector with what it knew then.
        resourceVersion: service.metadata.resourceVersion,
        why: moves ? 'point the Service at its revision' : 'say whose the Service is, so that it can be given back',
        events: moves ? [events.serviceSwitched(target.service, present, target.templateHash)] : [],
      },
    ];
  });
}

/** The writes that give back every Service in `services` which carries the annotation of this Rollout and is not among `named`. */
export function releaseWrites(
  namespace: string,
  rolloutName: string,
  services: Iterable<Service>,
  named: ReadonlySet<string>,
): Write[] {
  return [...services]
    .filter(
      (one) =>
        one.metadata.annotations?.[ANNOTATIONS.managedByRollouts] === rolloutName && !named.has(one.metadata.name),
    )
    .map((service) => ({
      op: 'patch',
      resource: SERVICES,
      namespace,
      name: service.metadata.name,
      patch: {
        metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: null } },
        ...(service.spec.selector?.[LABELS.podTemplateHash] === undefined
          ? {}
          : { spec: { selector: { [LABELS.podTemplateHash]: null } } }),
      },
      resourceVersion: service.metadata.resourceVersion,
      why: 'give back a Service that the Rollout no longer names',
    }));
}
