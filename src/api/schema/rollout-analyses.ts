/**
 * The analyses that the spec of a Rollout asks for, with their place in it.
 */
import { onceFor } from '../../kube/once-for.ts';
import type { RolloutAnalysis } from './analysis.ts';
import type { Rollout, RolloutSpec } from './rollout.ts';

export interface PlacedAnalysis {
  readonly analysis: RolloutAnalysis;
  /** Such as `spec.strategy.canary.steps[0].analysis`. */
  readonly path: string;
  /** Whether the rollout waits for the end of its run: all but the background analysis of a canary. */
  readonly mustEnd: boolean;
}

const CANARY = 'spec.strategy.canary';
const BLUE_GREEN = 'spec.strategy.blueGreen';

export function analysesOf({ spec }: Rollout): readonly PlacedAnalysis[] {
  return analysesIn(spec);
}

const analysesIn = onceFor(({ strategy }: RolloutSpec): readonly PlacedAnalysis[] => {
  const { canary, blueGreen } = strategy ?? {};
  const at = (analysis: RolloutAnalysis | undefined, path: string, mustEnd: boolean): readonly PlacedAnalysis[] =>
    analysis === undefined ? [] : [{ analysis, path, mustEnd }];
  return [
    ...at(canary?.analysis, `${CANARY}.analysis`, false),
    ...(canary?.steps ?? []).flatMap((step, index) => at(step.analysis, `${CANARY}.steps[${index}].analysis`, true)),
    ...at(blueGreen?.prePromotionAnalysis, `${BLUE_GREEN}.prePromotionAnalysis`, true),
    ...at(blueGreen?.postPromotionAnalysis, `${BLUE_GREEN}.postPromotionAnalysis`, true),
  ];
});
