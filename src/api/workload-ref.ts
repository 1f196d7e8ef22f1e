/**
 * `spec.workloadRef`: which kinds it may name, and what is wrong with one by itself (spec 1.1, 10.6). Whether the
 * object exists is seen where it is looked for.
 */
import { apiVersionOf, DEPLOYMENTS, POD_TEMPLATES, REPLICA_SETS, type Resource } from '../kube/resources.ts';
import type { RolloutSpec } from './rollout.ts';
import { PROBLEMS } from './validation/problems.ts';

export type WorkloadRef = NonNullable<RolloutSpec['workloadRef']>;

const KINDS: readonly Resource[] = [DEPLOYMENTS, REPLICA_SETS, POD_TEMPLATES];

/** What becomes of the Deployment's pods while the Rollout takes over; '' means never. */
const SCALE_DOWN_MODES = ['', 'never', 'onsuccess', 'progressively'] as const;
type ScaleDownMode = (typeof SCALE_DOWN_MODES)[number];

/** The resource that the reference names; `null` when a template cannot be taken from such objects. */
export function workloadResource({ apiVersion, kind }: WorkloadRef): Resource | null {
  return KINDS.find((one) => apiVersionOf(one) === apiVersion && one.kind === kind) ?? null;
}

export function scaleDownMode({ scaleDown = '' }: WorkloadRef): ScaleDownMode {
  return SCALE_DOWN_MODES.find((mode) => mode === scaleDown) ?? 'never';
}

/** Only the metadata of a template counts: a template without any is taken for none, as this API has always done. */
export function hasTemplateBeside({ workloadRef, template }: RolloutSpec): boolean {
  const { labels, annotations } = template?.metadata ?? {};
  return workloadRef !== undefined && Object.keys({ ...labels, ...annotations }).length > 0;
}

/** A sentence without a field path, as this API words what is wrong with a reference; `null` when nothing is. */
export function workloadRefProblem(spec: RolloutSpec): string | null {
  const { workloadRef } = spec;
  if (workloadRef === undefined) return null;
  if (hasTemplateBeside(spec)) return PROBLEMS.templateBesideWorkloadRef;
  const { apiVersion = '', kind = '', name = '', scaleDown = '' } = workloadRef;
  const resource = workloadResource(workloadRef);
  if (resource === null) {
    const kinds = KINDS.map((one) => `${apiVersionOf(one)} ${one.kind}`).join(', ');
    return `a template cannot be taken from a workload of kind "${apiVersion} ${kind}": workloadRef may name ${kinds}`;
  }
  if (name === '') return 'workloadRef has no name';
  if (!SCALE_DOWN_MODES.some((mode) => mode === scaleDown)) {
    return `workloadRef.scaleDown is "${scaleDown}": it may be ${SCALE_DOWN_MODES.filter((mode) => mode !== '').join(', ')}`;
  }
  return resource !== DEPLOYMENTS && scalesDown(workloadRef)
    ? `workloadRef.scaleDown is for Deployments, and not for a ${resource.kind}`
    : null;
}

/** Whether the pods of the workload are to give way to those of the Rollout. */
export function scalesDown(reference: WorkloadRef): boolean {
  const mode = scaleDownMode(reference);
  return mode === 'onsuccess' || mode === 'progressively';
}
