/**
 * What happens to a Rollout that cannot be rolled out as it is written: its status says why, and no release continues.
 * Sizes still follow `spec.replicas` and an abort still works, as far as it is known what runs (spec 2.1).
 */
import { conditions as word } from '../../api/words/conditions.ts';
import { invalidSpecMessage } from '../../api/words/field-error.ts';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import { findCondition, removeCondition, setCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import type { Plan, Write } from '../../kube/plan.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { strategyUnderWay } from '../strategies/strategies.ts';
import type { Held } from '../strategies/strategy.ts';
import { heldActsOf } from './acts.ts';
import { blocked, type BlockedOn } from '../acts/blocked.ts';
import { countedFields, countsOf } from '../report/counts.ts';
import { blockedByRefusals } from '../acts/failures.ts';
import { decideLeftovers } from './leftovers.ts';
import { remembered } from '../observed/memory.ts';
import { firstAfter } from '../acts/next-look.ts';
import type { Problem } from '../observed/problem.ts';
import { replicaSetOf, scaleDownDeadlineOf } from '../observed/replica-sets.ts';
import { statusWrite } from '../report/status-write.ts';
import type { Situation } from '../observed/situation.ts';

/** What a Rollout refers to may come later in the same file: for this long a missing object is not reported as an error. */
const REFERENCES_MAY_FOLLOW_MS = 10_000;

/** `null` while nothing of ours is known to serve. */
function heldOf(situation: Situation): Held | null {
  const { rollout, all, stable } = situation;
  const { currentPodHash = '' } = rollout.status ?? {};
  const running = replicaSetOf(all, currentPodHash) ?? stable;
  return running === null || currentPodHash === '' ? null : strategyUnderWay(rollout).hold(situation, running);
}

/** `first`: writes that others wait for, made before all others. */
export function standstillPlan(situation: Situation, problem: Problem, first: readonly Write[] = []): Plan {
  const held = heldOf(situation);
  const work = held === null ? { writes: [], dueTimes: [] } : heldWork(held);
  const told = verdictOf(situation, problem);
  const status: RolloutStatus = {
    ...(held === null ? situation.rollout.status : heldStatus(situation, held)),
    observedGeneration: String(situation.rollout.metadata.generation ?? 0),
    ...announcedGeneration(situation.rollout),
    phase: told.phase,
    message: told.message,
    conditions: conditionsOf(situation, told),
  };
  const report = statusWrite(situation, status, held?.isAborting === true ? held.decision.events : []);
  // After a refused adoption nothing else has been tried, and no other decision follows in this look.
  const isLast = problem.kind === 'refused';
  const writes: Write[] = [
    ...(situation.world.refused.length > 0 && !isLast ? [] : [...first, ...work.writes]),
    ...(report === null ? [] : [isLast ? report : { ...report, afterAll: true as const }]),
  ];
  const wakeAt = firstAfter(situation.now, [told.until, ...work.dueTimes]);
  return wakeAt === null ? { writes } : { writes, requeueAfterMs: wakeAt - situation.now };
}

/** What is done for a Rollout that is held, and when the next look is due. */
function heldWork({ situation, decision, isAborting }: Held): {
  readonly writes: readonly Write[];
  readonly dueTimes: readonly (number | null)[];
} {
  const leftovers = decideLeftovers(situation);
  const emptied = isAborting ? leftovers.writes.filter(isKept) : [];
  return {
    writes: heldActsOf(situation, decision, { ...leftovers, writes: emptied }),
    // Former revisions are not changed, so nothing is due for them.
    dueTimes: [
      situation.canary === null ? null : scaleDownDeadlineOf(situation.canary),
      decision.desired.router.settledAt(situation),
      isAborting ? leftovers.settledAt : null,
    ],
  };
}

/** What a former spec has left is emptied but not deleted: the corrected spec may name it again. */
function isKept({ op }: Write): boolean {
  return op !== 'delete';
}

/** How a problem is reported. */
interface Verdict {
  readonly phase: 'Degraded' | 'Progressing';
  readonly message: string;
  /** The message of the InvalidSpec condition; `null`: the spec is not reported as invalid. */
  readonly invalid: string | null;
  readonly blockedOn: BlockedOn | null;
  /** When this verdict changes by itself, milliseconds since the epoch. */
  readonly until: number | null;
}

function verdictOf(situation: Situation, { kind, text }: Problem): Verdict {
  const refused = blockedByRefusals(situation, situation.world.refused);
  if (kind === 'refused') {
    return { phase: 'Progressing', message: text, invalid: null, blockedOn: refused, until: null };
  }
  const invalid = invalidSpecMessage(situation.name, text);
  const until = kind === 'reference' ? referencesMayFollowUntil(situation, invalid) : null;
  if (until !== null && until > situation.now) {
    const waits = blocked('ReferencesNotReady', invalid);
    return { phase: 'Progressing', message: invalid, invalid: null, blockedOn: waits, until };
  }
  return { phase: 'Degraded', message: `InvalidSpec: ${invalid}`, invalid, blockedOn: refused, until: null };
}

/** `null` for a Rollout that was neither created nor changed a moment ago, and for one that reported the same before. */
function referencesMayFollowUntil({ rollout, now }: Situation, message: string): number | null {
  const { observedGeneration, conditions } = rollout.status ?? {};
  const waits = findCondition(conditions, 'Blocked');
  if (waits?.reason === 'ReferencesNotReady') {
    const since = parseTime(waits.lastUpdateTime);
    // When the clock was set back it would wait for as long as the clock is behind.
    return since === null || since > now ? null : since + REFERENCES_MAY_FOLLOW_MS;
  }
  const isNews = observedGeneration !== String(rollout.metadata.generation ?? 0);
  return isNews && findCondition(conditions, 'InvalidSpec')?.message !== message
    ? now + REFERENCES_MAY_FOLLOW_MS
    : null;
}

function conditionsOf({ status, now }: Situation, { invalid, blockedOn }: Verdict): readonly Condition[] {
  const present = findCondition(status.conditions, 'InvalidSpec');
  let list = status.conditions ?? [];
  if (present !== undefined && present.message !== invalid) list = removeCondition(list, 'InvalidSpec');
  if (invalid !== null) list = setCondition(list, word.invalidSpec(invalid), now);
  if (blockedOn === null) return removeCondition(list, 'Blocked');
  const { reason, message } = blockedOn;
  const before = findCondition(list, 'Blocked');
  if (before?.reason !== reason) return setCondition(list, { type: 'Blocked', status: 'True', reason, message }, now);
  if (before.message === message) return list;
  // It keeps the time since when it waits, whichever reference it waits for.
  const told = reason === 'ReferencesNotReady' ? {} : { lastUpdateTime: formatTime(now) };
  return list.map((one) => (one === before ? { ...before, message, ...told } : one));
}

/** What was going on, with an abort that a person asked for, and the present numbers. */
function heldStatus(situation: Situation, { situation: held, decision }: Held): RolloutStatus {
  const { status = {} } = situation.rollout;
  const { servesAlone } = decision.standing;
  const counted = countsOf({ ...held, all: situation.all }, servesAlone);
  // The revision on trial may not exist; then the stable revision is held.
  const counts = held.canaryHash === status.currentPodHash ? counted : { ...counted, updated: 0 };
  return {
    ...remembered(decision.memory),
    ...decision.ownStatus,
    ...countedFields(situation, counts, servesAlone),
    ...(status.selector === undefined ? {} : { selector: status.selector }),
    ...(status.duration === undefined ? {} : { duration: status.duration }),
    ...(status.workloadObservedGeneration === undefined
      ? {}
      : { workloadObservedGeneration: status.workloadObservedGeneration }),
  };
}

function announcedGeneration({ metadata, spec }: Rollout): RolloutStatus {
  const announced = metadata.annotations?.[ANNOTATIONS.workloadGeneration];
  return spec.workloadRef === undefined || announced === undefined ? {} : { workloadObservedGeneration: announced };
}
