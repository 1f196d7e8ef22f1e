/** The share of the requests that the new revision gets: what is asked for, and what the cluster shows of it. */
import { firstOf } from '../../api/words/field-error.ts';
import { availableReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { StrategyView } from '../strategies/strategy.ts';
import { routerOf } from '../traffic/routers.ts';
import type { Progress } from './steps.ts';

/** Several objects may disagree while a change is under way. */
export interface WeightView {
  readonly lowest: number;
  readonly highest: number;
  /** What all requests together weigh. */
  readonly total: number;
}

/** Of the present template, in parts of `total`. Once it is stable, it gets all. */
export interface ShareView {
  readonly asked: number;
  readonly observed: WeightView;
}

/** `null` without a router. */
export function weightOf(situation: Situation, { totalWeight: total }: StrategyView): WeightView | null {
  const router = routerOf(situation.rollout);
  if (!router.routes) return null;
  // Not every reader sees what the spec names; the controller has, and reports the weight.
  const isUnseen = firstOf(router.missingReferences(situation.world)) !== null;
  const reported = situation.status.canary?.weights?.canary?.weight;
  if (isUnseen && reported !== undefined) return { lowest: reported, highest: reported, total };
  const { lowestWeight: lowest, highestWeight: highest } = router.observe(situation);
  // A router without objects has nothing to observe; validation refuses such a spec.
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) return null;
  return { lowest, highest, total };
}

/** `null` where the strategy asks for no share. */
export function shareOf(situation: Situation, progress: Progress, strategy: StrategyView): ShareView | null {
  const { askedWeight, totalWeight: total } = strategy;
  if (askedWeight === null) return null;
  if (progress === 'settled') return { asked: total, observed: { lowest: total, highest: total, total } };
  const observed = weightOf(situation, strategy) ?? shareOfPods(situation, total);
  // A status of another template says nothing about the weight of this one.
  const isTakenIn = situation.status.currentPodHash === situation.canaryHash;
  return { asked: progress === 'aborted' || !isTakenIn ? 0 : askedWeight, observed };
}

/** Without a router every pod gets as much as any other. */
function shareOfPods({ all, canary }: Situation, total: number): WeightView {
  const available = all.reduce((sum, one) => sum + availableReplicasOf(one), 0);
  const share = available === 0 ? 0 : Math.floor((availableReplicasOf(canary) * total) / available);
  return { lowest: share, highest: share, total };
}
