/**
 * The canary strategy of one Rollout with its defaults filled in: the only place that knows them.
 */
import type { CanaryStrategy } from '../../../api/schema/canary.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import { DEFAULTS } from '../../../api/words/defaults.ts';
import { surgeAndUnavailable } from '../../../kube/int-or-percent.ts';
import type { Situation } from '../../observed/situation.ts';

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
  /** 0: keep the canary. */
  readonly abortScaleDownDelaySeconds: number;
  /** The user has set it: under `dynamicStableScale` only an explicit delay keeps an aborted canary. */
  readonly abortDelayIsExplicit: boolean;
}

export function canarySpecOf(situation: Situation): CanarySpec {
  const strategy = situation.rollout.spec.strategy?.canary ?? {};
  const routed = strategy.trafficRouting !== undefined;
  return {
    strategy,
    steps: strategy.steps ?? [],
    routed,
    maxWeight: strategy.trafficRouting?.maxTrafficWeight ?? DEFAULTS.maxTrafficWeight,
    dynamicStableScale: routed && strategy.dynamicStableScale === true,
    ...surgeAndUnavailable(strategy.maxSurge, strategy.maxUnavailable, situation.replicas),
    scaleDownDelaySeconds: strategy.scaleDownDelaySeconds ?? DEFAULTS.scaleDownDelaySeconds,
    abortScaleDownDelaySeconds: strategy.abortScaleDownDelaySeconds ?? DEFAULTS.abortScaleDownDelaySeconds,
    abortDelayIsExplicit: strategy.abortScaleDownDelaySeconds !== undefined,
  };
}
