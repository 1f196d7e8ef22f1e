/** A rollout in one line of a list, from the Rollout alone. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Phase } from '../../api/words/reasons.ts';
import { parseTime } from '../../kube/time.ts';
import { situationOf } from '../observed/situation.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { countsOf, type PodCounts } from './counts.ts';
import type { State } from './ends.ts';
import { explain } from './explanation.ts';
import { imagesOf } from './replica-set.ts';
import { progressOf, stepsDoneOf, stepsOf } from './steps.ts';
import { bareWorld } from './bare-world.ts';
import { NOTHING_AROUND } from './surroundings.ts';
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
  readonly labels: Readonly<Record<string, string>>;
  /** Of the present template, in the order of its containers; empty where a workload holds the template. */
  readonly images: readonly string[];
  readonly state: State;
  /** Why it is where it is, a sentence without a full stop; '' when it is healthy. */
  readonly cause: string;
  /** A person has to act, or something is wrong. */
  readonly needsAttention: boolean;
}

const CALM: readonly State[] = ['healthy', 'progressing'];

export function summaryOf(rollout: Rollout, now: number): RolloutSummary {
  const { status = {} } = rollout;
  // No ReplicaSet says which revision is the present one, so the status does.
  const situation = { ...situationOf(bareWorld(rollout, now)), canaryHash: status.currentPodHash ?? '' };
  const strategy = strategyOf(rollout);
  const view = strategy.view(situation);
  const progress = progressOf(situation);
  const steps = stepsOf(situation, progress, view);
  const done = stepsDoneOf(steps);
  const reported = reportedPhase(situation);
  const { phase, message } = reported;
  const { pauseEndsAt } = view;
  const { state, cause } = explain(situation, { reported, pauseEndsAt, commands: [], around: NOTHING_AROUND });
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
    labels: rollout.metadata.labels ?? {},
    images: imagesOf(rollout.spec.template?.spec),
    state,
    cause: state === 'healthy' ? '' : cause,
    needsAttention: !CALM.includes(state),
  };
}
