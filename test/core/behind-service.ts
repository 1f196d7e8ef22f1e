/** Endpoints of the stable Service of a world that runs two revisions; it selects v1. */
import type { Situation } from '../../src/core/observed/situation.ts';
import type { Endpoint } from '../../src/kube/objects.ts';
import { buildSituation, replicaSetNameOf, routed } from './build-world.ts';

export function pod(version: string, index: number, fields: Partial<Endpoint> = {}): Endpoint {
  return { podName: `${replicaSetNameOf(version)}-${index}`, ready: true, terminating: false, ...fields };
}

export function behindStableService(endpoints: readonly Endpoint[]): Situation {
  return buildSituation({
    strategy: routed(),
    revisions: [
      { version: 'v1', size: 2 },
      { version: 'v2', size: 2 },
    ],
    endpoints: { 'web-stable': endpoints },
  });
}
