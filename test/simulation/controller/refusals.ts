/**
 * What the API server refuses of the controller's writes for a while: an admission policy, a quota, a right that was
 * removed, a webhook that is down.
 */
import type { Write } from '../../../src/kube/plan.ts';
import {
  ANALYSIS_RUNS,
  DEPLOYMENTS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
} from '../../../src/kube/resources.ts';

/** A kind of write that may be refused, in words. */
export interface RefusedKind {
  readonly name: string;
  readonly covers: (write: Write) => boolean;
}

const isStatus = (write: Write): boolean => write.op === 'patch' && write.subresource === 'status';

export const REFUSED_KINDS: readonly RefusedKind[] = [
  { name: 'new ReplicaSets', covers: ({ op, resource }) => op === 'create' && resource === REPLICA_SETS },
  { name: 'patches of ReplicaSets', covers: ({ op, resource }) => op === 'patch' && resource === REPLICA_SETS },
  { name: 'the end of ReplicaSets', covers: ({ op, resource }) => op === 'delete' && resource === REPLICA_SETS },
  { name: 'patches of Services', covers: ({ resource }) => resource === SERVICES },
  { name: 'writes of Ingresses', covers: ({ resource }) => resource === INGRESSES },
  { name: 'patches of pods', covers: ({ op, resource }) => op === 'patch' && resource === PODS },
  { name: 'evictions', covers: ({ op }) => op === 'evict' },
  { name: 'the scale of Deployments', covers: ({ resource }) => resource === DEPLOYMENTS },
  { name: 'annotations of the Rollout', covers: (write) => write.resource === ROLLOUTS && !isStatus(write) },
  { name: 'everything but the status', covers: (write) => !isStatus(write) },
  { name: 'the status', covers: isStatus },
];

/** Drawn only where there are runs. */
export const REFUSED_KINDS_OF_RUNS: readonly RefusedKind[] = [
  { name: 'new AnalysisRuns', covers: ({ op, resource }) => op === 'create' && resource === ANALYSIS_RUNS },
  { name: 'the end of AnalysisRuns', covers: ({ op, resource }) => op !== 'create' && resource === ANALYSIS_RUNS },
];

/** Drawn only where there are Experiments. */
export const REFUSED_KINDS_OF_EXPERIMENTS: readonly RefusedKind[] = [
  { name: 'new Experiments', covers: ({ op, resource }) => op === 'create' && resource === EXPERIMENTS },
  { name: 'the end of Experiments', covers: ({ op, resource }) => op !== 'create' && resource === EXPERIMENTS },
];

export class Refusals {
  #kinds: readonly RefusedKind[] = [];

  begin(kind: RefusedKind): void {
    this.#kinds = [...this.#kinds, kind];
  }

  end(): void {
    this.#kinds = [];
  }

  get areInForce(): boolean {
    return this.#kinds.length > 0;
  }

  /** `null` for a write that may be made. */
  kindOf(write: Write): RefusedKind | null {
    return this.#kinds.find(({ covers }) => covers(write)) ?? null;
  }
}
