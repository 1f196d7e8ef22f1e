/** Reads of a cluster what the plan of a release begins with: one request for each kind of object, all at once. */
import { parseAnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment } from '../api/schema/experiment.ts';
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import type { KubeObject } from '../kube/objects.ts';
import {
  ANALYSIS_RUNS,
  CLUSTER_ANALYSIS_TEMPLATES,
  EXPERIMENTS,
  INGRESS_CLASSES,
  ROLLOUTS,
  type Resource,
} from '../kube/resources.ts';
import { watchedFor } from '../core/traffic/routers.ts';
import { OBSERVED, type ObservedObjects } from '../planning/scene.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { Client } from '../runtime/client.ts';
import { readListIfAllowed } from './read-lists.ts';

const IS_READABLE: ReadonlyMap<Resource, (object: unknown) => boolean> = new Map<
  Resource,
  (object: unknown) => boolean
>([
  [ROLLOUTS, (object) => 'rollout' in parseRollout(object)],
  [ANALYSIS_RUNS, (object) => 'run' in parseAnalysisRun(object)],
  [EXPERIMENTS, (object) => 'experiment' in parseExperiment(object)],
]);
const CLUSTER_WIDE: readonly Resource[] = [CLUSTER_ANALYSIS_TEMPLATES, INGRESS_CLASSES];

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  /** The Rollout as files have it, if they do: its workload is read as well. */
  readonly named: KubeObject | undefined;
}

export async function readObserved(
  client: Client,
  { namespace, name, named }: Wanted,
  note: (text: string) => void,
): Promise<ObservedObjects> {
  const lists = OBSERVED.map(async (resource) => {
    const place = CLUSTER_WIDE.includes(resource) ? {} : { namespace };
    const objects = await readListIfAllowed(client, { resource, ...place }, note);
    return [resource, objects.filter(IS_READABLE.get(resource) ?? (() => true))] as const;
  });
  const observed = new Map<Resource, readonly KubeObject[]>(await Promise.all(lists));
  const live = observed.get(ROLLOUTS)?.find(({ metadata }) => metadata.name === name);
  const rollouts = [live, named].filter((one) => one !== undefined) as unknown as readonly Rollout[];
  for (const resource of new Set(rollouts.flatMap(watchedFor)))
    observed.set(resource, await readListIfAllowed(client, { resource, namespace }, note));
  for (const [resource, object] of await readWorkloads(client, namespace, rollouts))
    observed.set(resource, [...(observed.get(resource) ?? []), object]);
  return observed;
}

async function readWorkloads(
  client: Client,
  namespace: string,
  rollouts: readonly Rollout[],
): Promise<readonly (readonly [Resource, KubeObject])[]> {
  const places = new Map<string, readonly [Resource, string]>();
  for (const { spec } of rollouts) {
    const { workloadRef } = spec;
    const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
    if (resource !== null && workloadRef?.name !== undefined)
      places.set(`${resource.plural}/${workloadRef.name}`, [resource, workloadRef.name]);
  }
  const read = [...places.values()].map(async ([resource, name]) => {
    try {
      return [[resource, await client.get(resource, { namespace, name })] as const];
    } catch (error) {
      // The plan says that the workload is missing, as the controller would.
      if (isApiError(error, 'notFound') || isApiError(error, 'forbidden')) return [];
      throw error;
    }
  });
  return (await Promise.all(read)).flat();
}
