/**
 * What a Service really reaches, judged by its EndpointSlices and the labels of the pods behind them,
 * not by the selector that was written a moment ago.
 */
import { LABELS } from '../../api/words/labels.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { templateHashOf } from './replica-sets.ts';
import type { Situation } from './situation.ts';

export interface ServiceView {
  /** The Service's selector names the revision. */
  readonly selects: boolean;
  /** Pods of the revision that are ready endpoints. */
  readonly ready: number;
  /** Pods that are not of the revision and may still get requests: all but terminating ones. */
  readonly foreign: number;
}

/** What the Service shows of one revision. An endpoint whose pod we have not seen yet counts as foreign, so that nothing is concluded from a lagging cache. */
export function serviceShows(situation: Situation, serviceName: string, templateHash: string): ServiceView {
  const { world } = situation;
  const hashes = podHashes(situation);
  // Counts pods, not endpoints: a pod has one for each address family, and may be in two slices for a while.
  const ready = new Set<string>();
  const foreign = new Set<string>();
  for (const endpoint of world.endpoints.get(serviceName) ?? []) {
    if (endpoint.podName === undefined) continue;
    if (hashes.get(endpoint.podName) === templateHash) {
      if (endpoint.ready) ready.add(endpoint.podName);
    } else if (!endpoint.terminating) {
      foreign.add(endpoint.podName);
    }
  }
  return { selects: selectedHash(situation, serviceName) === templateHash, ready: ready.size, foreign: foreign.size };
}

/** Whether requests to a Service may still arrive at a revision: by its selector, or by endpoints that are not gone yet. */
export function reaches(situation: Situation, service: string, replicaSet: ReplicaSet): boolean {
  const view = serviceShows(situation, service, templateHashOf(replicaSet));
  return view.selects || view.ready > 0;
}

/** Whether a Service leads to pods beside those of the Rollout: to a Deployment's, say. One that we have not seen yet counts as such. */
export function reachesOthers(situation: Situation, service: string): boolean {
  const own = podHashes(situation);
  const endpoints = situation.world.endpoints.get(service) ?? [];
  return endpoints.some(({ podName = '', terminating }) => !terminating && !own.has(podName));
}

/** The revision that a Service selects, '' when its selector names none. */
export function selectedHash(situation: Situation, serviceName: string): string {
  return situation.world.services.get(serviceName)?.spec.selector?.[LABELS.podTemplateHash] ?? '';
}

function podHashes(situation: Situation): ReadonlyMap<string, string> {
  return new Map(
    situation.world.pods.map((pod) => [pod.metadata.name, pod.metadata.labels?.[LABELS.podTemplateHash] ?? '']),
  );
}
