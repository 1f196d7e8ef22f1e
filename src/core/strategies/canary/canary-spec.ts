/**
 * The canary strategy of one Rollout with its defaults filled in: the only place that knows them.
 * It interprets the spec, never the cluster.
 */
import type { CanaryStrategy } from '../../../api/canary.ts';
import type { CanaryStep } from '../../../api/steps.ts';
import { surgeAndUnavailable } from '../../../kube/int-or-percent.ts';
import type { Situation } from '../../rollout/situation.ts';

const DEFAULT_SCALE_DOWN_DELAY_SECONDS = 30;

export interface CanarySpec {
  readonly strategy: CanaryStrategy;
  readonly steps: readonly CanaryStep[];
  /** With a router (even an empty `trafficRouting`) pods and traffic are independent of each other. */
  readonly routed: boolean;
  readonly maxWeight: number;
  readonly dynamicStableScale: boolean;
  readonly surge: number;
  readonly unavailable: number;
  readonly scaleDownDelaySeconds: number;
  /** 0: leave the canary up. */
  readonly abortScaleDownDelaySeconds: number;
  /** Whether the user wrote it: under `dynamicStableScale` only an explicit delay keeps an aborted canary. */
  readonly abortDelayIsExplicit: boolean;
}

export function canarySpecOf(situation: Situation): CanarySpec {
  const strategy = situation.rollout.spec.strategy?.canary ?? {};
  const routed = strategy.trafficRouting !== undefined;
  return {
    strategy,
    steps: strategy.steps ?? [],
    routed,
    maxWeight: strategy.trafficRouting?.maxTrafficWeight ?? 100,
    dynamicStableScale: routed && strategy.dynamicStableScale === true,
    ...surgeAndUnavailable(strategy.maxSurge, strategy.maxUnavailable, situation.replicas),
    scaleDownDelaySeconds: strategy.scaleDownDelaySeconds ?? DEFAULT_SCALE_DOWN_DELAY_SECONDS,
    abortScaleDownDelaySeconds: strategy.abortScaleDownDelaySeconds ?? DEFAULT_SCALE_DOWN_DELAY_SECONDS,
    abortDelayIsExplicit: strategy.abortScaleDownDelaySeconds !== undefined,
  };
}
