/**
 * Where a canary stands: one value for what a look finds and what the memory makes of it. Other files use the standing
 * and not the flags of the memory.
 */
import type { CanaryStep } from '../../../api/schema/steps.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { CanaryMemory } from './memory.ts';
import { isPromoted } from '../../observed/memory.ts';
import type { Situation } from '../../observed/situation.ts';
import type { ObservedSplit, TrafficRouter } from '../../traffic/router.ts';
import { observedSplit, routerOf } from '../../traffic/routers.ts';
import { isHeldBack } from '../held-by-pause.ts';
import { canarySpecOf, type CanarySpec } from './canary-spec.ts';

/** What one look at the Rollout finds, whatever the memory says. */
export interface Look {
  readonly situation: Situation;
  readonly spec: CanarySpec;
  readonly router: TrafficRouter;
  /** What the router shows of the split. */
  readonly observed: ObservedSplit;
  /** Why the router can bring about no split at all; `null` when it can. */
  readonly routerProblem: BlockedOn | null;
}

export interface Position extends Look {
  /** After the commands of people have been handled. */
  readonly memory: CanaryMemory;
  readonly standing: Standing;
  /** How many steps are complete. */
  readonly stepIndex: number;
  /** The step that it stands at; `null` when all are complete. */
  readonly step: CanaryStep | null;
}

type Standing =
  /** No revision was promoted yet, so there is none to return to. */
  | 'first'
  /** The canary is the stable revision. */
  | 'promoted'
  /** Requests and pods return to the stable revision. */
  | 'aborted'
  /** The canary may not start while the user pauses, or has no ReplicaSet yet that room could be made for. */
  | 'held'
  /** Promoted in full: the steps no longer count. */
  | 'full'
  /** At one of its steps. */
  | 'stepping'
  /** All steps are complete, and the promotion is still to come. */
  | 'finishing';

export function lookAt(situation: Situation): Look {
  const router = routerOf(situation.rollout);
  return {
    situation,
    spec: canarySpecOf(situation),
    router,
    observed: observedSplit(situation),
    routerProblem: router.blockedOn(situation),
  };
}

/** The position in which the memory puts the canary. */
export function positionIn(look: Look, memory: CanaryMemory): Position {
  const { steps } = look.spec;
  const stepIndex = memory.currentStepIndex ?? steps.length;
  const step = steps[stepIndex] ?? null;
  return { ...look, memory, standing: standingOf(look, memory, step), stepIndex, step };
}

/** All steps are complete, or no longer count: what remains is the promotion, or what follows it. */
export function isPastSteps({ standing }: Position): boolean {
  return standing === 'promoted' || standing === 'full' || standing === 'finishing';
}

function standingOf({ situation, spec }: Look, memory: CanaryMemory, step: CanaryStep | null): Standing {
  if (memory.stableRS === '') return 'first';
  if (isPromoted(memory, situation.canaryHash)) return 'promoted';
  if (memory.abort) return 'aborted';
  if (isHeldBack(situation) || (situation.canary === null && !spec.routed)) return 'held';
  if (memory.promoteFull) return 'full';
  return step === null ? 'finishing' : 'stepping';
}
