/**
 * The Services of an Experiment: one for each template that asks for it and declares ports, as long as there are pods
 * (spec C.2).
 */
import type { Experiment } from '../../api/schema/experiment.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Service } from '../../kube/objects.ts';
import { controllerReference, isControlledBy } from '../../kube/owners.ts';
import type { Write } from '../../kube/plan.ts';
import { apiVersionOf, EXPERIMENTS, SERVICES } from '../../kube/resources.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { availableReplicasOf } from '../observed/replica-sets.ts';
import { instanceLabel, ownerAnnotations } from './replica-sets.ts';
import { needsService, portsOf, type ObservedTemplate } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

/** The Service of the template, once its ReplicaSet says which pods it selects. */
export function serviceWrites(
  { experiment }: ExperimentWorld,
  { template, replicaSet, serviceName, service }: ObservedTemplate,
): readonly Write[] {
  if (serviceName === null || service !== null || replicaSet === null) return [];
  if (!needsService({ template, serviceName })) return [];
  const { name, namespace = '', uid } = experiment.metadata;
  const hash = replicaSet.metadata.labels?.[LABELS.podTemplateHash] ?? '';
  const body = {
    apiVersion: apiVersionOf(SERVICES),
    kind: SERVICES.kind,
    metadata: {
      name: serviceName,
      namespace,
      labels: { [LABELS.podTemplateHash]: hash, ...instanceLabel(experiment) },
      annotations: ownerAnnotations(name, template),
      ownerReferences: [controllerReference(EXPERIMENTS, name, uid)],
    },
    spec: {
      selector: { ...replicaSet.spec.selector.matchLabels, [LABELS.podTemplateHash]: hash },
      ports: portsOf(template).map(({ name: portName, containerPort, protocol = 'TCP' }) => ({
        // The API server requires names where there are several ports.
        name: portName ?? `${protocol.toLowerCase()}-${containerPort}`,
        port: containerPort,
        targetPort: containerPort,
        protocol,
      })),
    },
  };
  return [
    {
      op: 'create',
      resource: SERVICES,
      namespace,
      name: serviceName,
      body: body as unknown as JsonObject,
      why: 'the template asks for a Service',
    },
  ];
}

/** Deletes the Services of the experiment that no template needs: requests in flight end before the last pod is gone. */
export function serviceDeletions(
  { experiment, services }: ExperimentWorld,
  templates: readonly ObservedTemplate[],
  isEnding: boolean,
): readonly Write[] {
  const needed = new Set(templates.filter((one) => !isEnding || availableReplicasOf(one.replicaSet) > 0).map(nameOf));
  return services
    .filter((one) => isOwn(experiment, one) && !isBeingDeleted(one) && !needed.has(one.metadata.name))
    .map(({ metadata }) => ({
      op: 'delete',
      resource: SERVICES,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      why: 'no pods of the experiment are behind the Service',
    }));
}

function nameOf({ serviceName }: ObservedTemplate): string | null {
  return serviceName;
}

function isOwn(experiment: Experiment, service: Service): boolean {
  return isControlledBy(service, experiment.metadata.uid);
}
