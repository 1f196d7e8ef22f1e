/**
 * The part of a Deployment, a ReplicaSet or a PodTemplate that a Rollout with a `workloadRef` needs.
 */
import type { JsonObject } from './json.ts';
import type { KubeObject, LabelSelector, PodTemplate } from './objects.ts';
import type { Resource } from './resources.ts';

export interface Workload {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Grows with every change of the specification. */
  readonly generation: number;
  readonly template: PodTemplate;
  /** Absent if the kind runs no pods itself. */
  readonly selector?: LabelSelector;
  /** `spec.replicas`; 0 if the kind runs no pods. */
  readonly replicas: number;
}

interface WorkloadObject extends KubeObject {
  /** Of a Deployment and a ReplicaSet. */
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
  };
  /** Of a PodTemplate. */
  readonly template?: PodTemplate;
}

/** Reads an object as the API server stores it: its shape has been checked there. */
export function workloadOf(object: KubeObject): Workload {
  const { metadata, spec, template } = object as WorkloadObject;
  const { uid, resourceVersion, generation = 0 } = metadata;
  const selector = spec?.selector;
  return {
    uid,
    resourceVersion,
    generation,
    template: spec?.template ?? template ?? {},
    ...(selector === undefined ? {} : { selector }),
    replicas: spec === undefined ? 0 : (spec.replicas ?? 1),
  };
}

/** The patch of the `scale` subresource that sets the number of pods. */
export function scalePatch(replicas: number): JsonObject {
  return { spec: { replicas } };
}

/** Why there is none, as the API server words it. */
export function missingText({ plural, group }: Resource, name: string): string {
  return `${group === '' ? plural : `${plural}.${group}`} "${name}" not found`;
}
