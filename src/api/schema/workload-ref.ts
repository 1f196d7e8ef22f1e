/**
 * `spec.workloadRef`: the kinds that it may name, and its rules (spec 1.1, 10.6).
 */
import { apiVersionOf, DEPLOYMENTS, POD_TEMPLATES, REPLICA_SETS, type Resource } from '../../kube/resources.ts';
import type { RolloutSpec } from './rollout.ts';
import { PROBLEMS } from '../words/problems.ts';

export type WorkloadRef = NonNullable<RolloutSpec['workloadRef']>;

const KINDS: readonly Resource[] = [DEPLOYMENTS, REPLICA_SETS, POD_TEMPLATES];

/** When the Deployment's pods are removed while the Rollout takes over; '' means never. */
const SCALE_DOWN_MODES = ['', 'never', 'onsuccess', 'progressively'] as const;
type ScaleDownMode = (typeof SCALE_DOWN_MODES)[number];

/** The resource that the reference names; `null` for an unsupported kind. */
export function workloadResource({ apiVersion, kind }: WorkloadRef): Resource | null {
  return KINDS.find((one) => apiVersionOf(one) === apiVersion && one.kind === kind) ?? null;
}

export function scaleDownMode({ scaleDown = '' }: WorkloadRef): ScaleDownMode {
  return SCALE_DOWN_MODES.find((mode) => mode === scaleDown) ?? 'never';
}

/** Only the metadata of a template counts: as always in this API, a template without any counts as absent. */
export function hasTemplateBeside({ workloadRef, template }: RolloutSpec): boolean {
  const { labels, annotations } = template?.metadata ?? {};
  return workloadRef !== undefined && Object.keys({ ...labels, ...annotations }).length > 0;
}

/** The problem of the reference as a sentence without a field path, as always in this API; or `null`. */
export function workloadRefProblem(spec: RolloutSpec): string | null {
  const { workloadRef } = spec;
  if (workloadRef === undefined) return null;
  if (hasTemplateBeside(spec)) return PROBLEMS.templateBesideWorkloadRef;
  const { apiVersion = '', kind = '', name = '', scaleDown = '' } = workloadRef;
  const resource = workloadResource(workloadRef);
  if (resource === null) {
    const kinds = KINDS.map((one) => `${apiVersionOf(one)} ${one.kind}`).join(', ');
    return `workloadRef cannot refer to kind "${apiVersion} ${kind}": supported are ${kinds}`;
  }
  if (name === '') return 'workloadRef has no name';
  if (!SCALE_DOWN_MODES.some((mode) => mode === scaleDown)) {
    return `workloadRef.scaleDown "${scaleDown}" is unknown: supported are ${SCALE_DOWN_MODES.filter((mode) => mode !== '').join(', ')}`;
  }
  return resource !== DEPLOYMENTS && scalesDown(workloadRef)
    ? `workloadRef.scaleDown works with a Deployment, not with a ${resource.kind}`
    : null;
}

/** Whether the pods of the Rollout replace those of the workload. */
export function scalesDown(reference: WorkloadRef): boolean {
  const mode = scaleDownMode(reference);
  return mode === 'onsuccess' || mode === 'progressively';
}
