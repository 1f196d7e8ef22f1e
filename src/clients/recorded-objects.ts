/** What a recording is made from: the objects that decisions look at, and those that people are shown. */
import { parseAnalysisTemplate } from '../api/schema/analysis-template.ts';
import type { Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import { watchedFor } from '../core/traffic/routers.ts';
import { trimEndpointSlice } from '../kube/endpoint-slice.ts';
import {
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  ENDPOINT_SLICES,
  GATEWAY_CLASSES,
  GATEWAYS,
  INGRESS_CLASSES,
  type Resource,
} from '../kube/resources.ts';
import { ROLLOUT, WATCHED, watchedBeside, type Watched } from './observed.ts';

const isTemplate = (one: unknown): boolean => 'template' in parseAnalysisTemplate(one);

/** What people are not shown. No Secret is among them. */
const FOR_DECISIONS: readonly Watched[] = [
  { resource: ENDPOINT_SLICES, isReadable: () => true, trim: trimEndpointSlice },
  { resource: ANALYSIS_TEMPLATES, isReadable: isTemplate },
  { resource: CLUSTER_ANALYSIS_TEMPLATES, isReadable: isTemplate, isClusterWide: true },
  { resource: INGRESS_CLASSES, isReadable: () => true, isClusterWide: true },
];

/** Beside all that it names, the objects of the kind of its workload. */
export function recordedObjects(rollout: Rollout): readonly Watched[] {
  const gateways = watchedFor(rollout)
    .filter(({ plural }) => plural === GATEWAYS.plural || plural === GATEWAY_CLASSES.plural)
    .map((resource): Watched => ({ resource, isReadable: () => true, isClusterWide: true }));
  const all = [ROLLOUT, ...WATCHED, ...watchedBeside(rollout), ...gateways, ...FOR_DECISIONS];
  const workload = workloadKindOf(rollout);
  if (workload === null) return all;
  // A ReplicaSet that is a workload does not carry the label by which ours are found.
  return [
    ...all.filter(({ resource }) => resource.plural !== workload.plural),
    { resource: workload, isReadable: () => true },
  ];
}

/** `null` without a `workloadRef`, or where its kind has no template. */
export function workloadKindOf({ spec: { workloadRef } }: Rollout): Resource | null {
  return workloadRef === undefined ? null : workloadResource(workloadRef);
}
