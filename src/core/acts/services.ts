/**
 * The writes that point a Service at a revision, and those that release a Service which the Rollout no longer names
 * (spec 7). Only the hash key of the selector and our annotation are changed.
 */
import { events } from '../../api/events.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import type { Service } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { SERVICES } from '../../kube/resources.ts';
import type { Situation } from '../observed/situation.ts';

export interface SelectorTarget {
  readonly service: string;
  readonly templateHash: string;
}

/** Whether a Rollout has taken over the Service: it carries our annotation, or still selects a revision. */
export function isManaged(situation: Situation, service: string): boolean {
  const present = situation.world.services.get(service);
  return present !== undefined && (!isUnclaimed(present) || selectedRevision(present) !== '');
}

function isUnclaimed(service: Service): boolean {
  return managerOf(service) === undefined;
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
        // A leader that was frozen must not move a selector on outdated facts.
        resourceVersion: service.metadata.resourceVersion,
        why: moves ? 'point the Service at its revision' : 'record which Rollout owns the Service',
        events: moves ? [events.serviceSwitched(target.service, present, target.templateHash)] : [],
      },
    ];
  });
}

/** The writes that release every Service in `services` which carries the annotation of this Rollout and is not among `named`. */
export function releaseWrites(
  namespace: string,
  rolloutName: string,
  services: Iterable<Service>,
  named: ReadonlySet<string>,
): Write[] {
  return [...services]
    .filter((one) => managerOf(one) === rolloutName && !named.has(one.metadata.name))
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
