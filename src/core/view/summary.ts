/** A rollout in one line of a list, from the Rollout alone. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Phase } from '../../api/words/reasons.ts';
import { parseTime } from '../../kube/time.ts';
import { situationOf } from '../observed/situation.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { countsOf, type PodCounts } from './counts.ts';
import { progressOf, stepsDoneOf, stepsOf } from './steps.ts';
import { bareWorld } from './bare-world.ts';
import { reportedPhase } from './wait.ts';
import { shareOf } from './weight.ts';

export interface RolloutSummary {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  /** `canary` or `blueGreen`, as in the spec. */
  readonly strategy: string;
  readonly phase: Phase;
  readonly message: string;
  /** `null` without steps. */
  readonly steps: { readonly done: number; readonly count: number } | null;
  /** The share of the requests that the present template is to get; `null` where none is asked for. */
  readonly askedWeight: number | null;
  readonly replicas: number;
  readonly counts: PodCounts;
}

export function summaryOf(rollout: Rollout, now: number): RolloutSummary {
  const { status = {} } = rollout;
  // No ReplicaSet says which revision is the present one, so the status does.
  const situation = { ...situationOf(bareWorld(rollout, now)), canaryHash: status.currentPodHash ?? '' };
  const strategy = strategyOf(rollout);
  const view = strategy.view(situation);
  const progress = progressOf(situation);
  const steps = stepsOf(situation, progress, view);
  const done = stepsDoneOf(steps);
  const { phase, message } = reportedPhase(situation);
  return {
    namespace: situation.namespace,
    name: situation.name,
    createdAt: parseTime(rollout.metadata.creationTimestamp),
    strategy: strategy.name,
    phase,
    message,
    steps: done === null ? null : { done, count: steps.length },
    askedWeight: shareOf(situation, progress, view)?.asked ?? null,
    replicas: situation.replicas,
    counts: countsOf(status),
  };
}
