/** What ends each wait that the `Blocked` condition reports, and who: time and the cluster, a person, or a repair. */
import type { BlockedReason } from '../../api/words/reasons.ts';
import type { Command } from './commands.ts';

/** `progressing`: the cluster or time will end it. `blocked`: something has to be repaired, and it is no failure yet. */
export type State = 'healthy' | 'progressing' | 'waitsForPerson' | 'blocked' | 'degraded';

/** `edit`: a change of the Rollout. */
export type Remedy = Command | 'undo' | 'edit';

interface End {
  readonly state: State;
  /** Completes "it ends when …". */
  readonly end: string;
  /** The usual one first. */
  readonly remedies: readonly Remedy[];
}

const byItself = (end: string, remedies: readonly Remedy[] = ['abort']): End => ({
  state: 'progressing',
  end,
  remedies,
});
const byPerson = (end: string, remedies: readonly Remedy[] = ['promote', 'abort']): End => ({
  state: 'waitsForPerson',
  end,
  remedies,
});

const SERVICE_FOLLOWS = 'the endpoints of the Service show the pods that it selects';

const ENDS: Partial<Readonly<Record<BlockedReason, End>>> = {
  PausedAtStep: byPerson('a person promotes or aborts the update'),
  PausedBeforePromotion: byPerson('a person promotes or aborts the update'),
  PausedByUser: byPerson('a person promotes it, which sets spec.paused to false', ['promote']),
  CanaryPodsNotAvailable: byItself('the pods of the new revision are available'),
  PreviewPodsNotAvailable: byItself('the pods of the new revision are available'),
  StablePodsNotAvailable: byItself('the pods are available'),
  RetiredPodsRemain: byItself('the pods of earlier revisions have ended'),
  CanaryServiceNotReady: byItself(SERVICE_FOLLOWS),
  StableServiceNotReady: byItself(SERVICE_FOLLOWS),
  TrafficNotInForce: byItself('the router carries what the step asks for'),
  RouteNotConfirmed: byItself('the controllers of its Gateways report that they have seen the route'),
  PodsNotRestarted: byItself('all pods are younger than spec.restartAt', []),
  AnalysisNotFinished: byItself('the analysis ends', ['abort', 'promoteFull']),
  AnalysisInconclusive: byPerson('a person promotes the update all the same, or aborts it'),
  ExperimentNotFinished: byItself('the experiment ends', ['abort', 'promoteFull']),
  ExperimentInconclusive: byPerson('a person promotes the update all the same, or aborts it'),
  ReferencesNotReady: byItself('what the Rollout refers to is there; after ten seconds its spec counts as invalid', []),
  WriteRefused: {
    state: 'blocked',
    end: 'the API server accepts the write: a right, a quota or a policy has to change, or the Rollout',
    remedies: ['edit', 'abort'],
  },
};

/** Whatever else is reported is a mistake, which its message says how to correct. */
const REPAIR: End = { state: 'blocked', end: 'what the message names is corrected', remedies: ['abort'] };

/** `until`: when a pause is over by itself; `null` for any other wait. */
export function endOf(reason: string, until: number | null): End {
  const known = ENDS[reason as BlockedReason] ?? REPAIR;
  return until === null ? known : byItself('the pause is over', ['promote', 'abort']);
}
