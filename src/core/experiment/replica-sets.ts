/**
 * The writes about the ReplicaSets of an Experiment: each template has one, with a hash of its own (spec C.2).
 */
import { events } from '../../api/events.ts';
import type { Experiment, ExperimentTemplate } from '../../api/schema/experiment.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { controllerReference } from '../../kube/owners.ts';
import type { Write } from '../../kube/plan.ts';
import { apiVersionOf, EXPERIMENTS, REPLICA_SETS } from '../../kube/resources.ts';
import { withoutHashLabel } from '../../kube/template-equality.ts';
import { templateHash } from '../../kube/template-hash.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { formatTime } from '../../kube/time.ts';
import { hasScaleDownDeadline, scaleDownDeadlineOf, specReplicasOf, templateHashOf } from '../observed/replica-sets.ts';
import { wantedReplicasOf, type ObservedTemplate } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

/** Hash of the template as its pods carry it: that of the ReplicaSet once there is one, whoever has created it. */
export function hashOf(experiment: Experiment, { template, recorded, replicaSet }: ObservedTemplate): string {
  return replicaSet === null ? ownHash(experiment, template, recorded?.collisionCount) : templateHashOf(replicaSet);
}

/** The writes that give the template all its pods; none while its ReplicaSet is as it should be, or its name is taken. */
export function startWrites({ experiment, takenNames }: ExperimentWorld, observed: ObservedTemplate): readonly Write[] {
  const { template, replicaSet, replicaSetName } = observed;
  if (replicaSet === null) return takenNames.has(replicaSetName) ? [] : [creation(experiment, observed)];
  if (isBeingDeleted(replicaSet)) return [];
  const wanted = wantedReplicasOf(template);
  const size = specReplicasOf(replicaSet);
  if (size === wanted && !hasScaleDownDeadline(replicaSet)) return [];
  return [
    {
      ...patchOf(replicaSet),
      patch: {
        ...(hasScaleDownDeadline(replicaSet)
          ? { metadata: { annotations: { [ANNOTATIONS.scaleDownDeadline]: null } } }
          : {}),
        ...(size === wanted ? {} : { spec: { replicas: wanted } }),
      },
      why: 'the experiment needs all pods of the template',
      events: size === wanted ? [] : [events.templateReplicaSetScaled(replicaSetName, size, wanted)],
    },
  ];
}

export interface Retirement {
  readonly writes: readonly Write[];
  /** When its pods are removed, in milliseconds since the epoch; `null` when nothing is due. */
  readonly removeAt: number | null;
}

/** Removes the pods of a ReplicaSet that the experiment does not need any more, after its delay. */
export function retire({ experiment, now }: ExperimentWorld, replicaSet: ReplicaSet): Retirement {
  const size = specReplicasOf(replicaSet);
  if (size === 0 || isBeingDeleted(replicaSet)) return { writes: [], removeAt: null };
  const delaySeconds = experiment.spec.scaleDownDelaySeconds ?? DEFAULTS.scaleDownDelaySeconds;
  const deadline = scaleDownDeadlineOf(replicaSet);
  if (delaySeconds > 0 && deadline === null) {
    const removeAt = now + delaySeconds * 1000;
    const annotations = { [ANNOTATIONS.scaleDownDeadline]: formatTime(removeAt) };
    const write: Write = {
      ...patchOf(replicaSet),
      patch: { metadata: { annotations } },
      why: 'the pods stay for the delay of the experiment',
    };
    return { writes: [write], removeAt };
  }
  if (delaySeconds > 0 && deadline !== null && deadline > now) return { writes: [], removeAt: deadline };
  const write: Write = {
    ...patchOf(replicaSet),
    patch: { metadata: { annotations: { [ANNOTATIONS.scaleDownDeadline]: null } }, spec: { replicas: 0 } },
    why: 'the experiment does not need the pods any more',
    events: [events.templateReplicaSetScaled(replicaSet.metadata.name, size, 0)],
  };
  return { writes: [write], removeAt: null };
}

function creation(experiment: Experiment, observed: ObservedTemplate): Write {
  const { template, replicaSetName } = observed;
  const { name, namespace = '', uid } = experiment.metadata;
  const hashLabel = { [LABELS.podTemplateHash]: hashOf(experiment, observed) };
  const pods = withoutHashLabel(template.template as PodTemplate);
  const body = {
    apiVersion: apiVersionOf(REPLICA_SETS),
    kind: REPLICA_SETS.kind,
    metadata: {
      name: replicaSetName,
      namespace,
      labels: { ...hashLabel, ...instanceLabel(experiment) },
      annotations: ownerAnnotations(name, template),
      ownerReferences: [controllerReference(EXPERIMENTS, name, uid)],
    },
    spec: {
      replicas: wantedReplicasOf(template),
      minReadySeconds: template.minReadySeconds ?? DEFAULTS.minReadySeconds,
      selector: { ...template.selector, matchLabels: { ...template.selector.matchLabels, ...hashLabel } },
      template: { ...pods, metadata: { ...pods.metadata, labels: { ...pods.metadata?.labels, ...hashLabel } } },
    },
  };
  return {
    op: 'create',
    resource: REPLICA_SETS,
    namespace,
    name: replicaSetName,
    body: body as unknown as JsonObject,
    why: 'the experiment runs the template',
    events: [events.templateReplicaSetCreated(replicaSetName, template.name)],
  };
}

/** By these what an Experiment has made is found again. */
export function ownerAnnotations(experiment: string, { name }: ExperimentTemplate): Readonly<Record<string, string>> {
  return { [ANNOTATIONS.experimentName]: experiment, [ANNOTATIONS.experimentTemplateName]: name };
}

/** What belongs to an Experiment is seen by the same controller. */
export function instanceLabel({ metadata }: Experiment): Readonly<Record<string, string>> {
  const instanceId = metadata.labels?.[LABELS.instanceId];
  return instanceId === undefined ? {} : { [LABELS.instanceId]: instanceId };
}

/**
 * The names count as well: two templates that run the same pods, and a Rollout that does, are told apart, or each
 * Service would select the pods of the others.
 */
function ownHash({ metadata }: Experiment, template: ExperimentTemplate, collisionCount: number | undefined): string {
  const pods = withoutHashLabel(template.template as PodTemplate);
  const annotations = { ...pods.metadata?.annotations, ...ownerAnnotations(metadata.name, template) };
  return templateHash({ ...pods, metadata: { ...pods.metadata, annotations } }, collisionCount);
}

function patchOf({ metadata }: ReplicaSet) {
  return {
    op: 'patch' as const,
    resource: REPLICA_SETS,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    resourceVersion: metadata.resourceVersion,
  };
}
