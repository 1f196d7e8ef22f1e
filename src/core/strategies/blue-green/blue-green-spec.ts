/**
 * The blue-green strategy of one Rollout with its defaults filled in: the only place that knows them.
 */
import type { BlueGreenStrategy } from '../../../api/schema/blue-green.ts';
import { DEFAULTS } from '../../../api/words/defaults.ts';
import { maxUnavailableOf } from '../../../kube/int-or-percent.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RetirementRules } from '../scale-down-delay.ts';

/** What lets the new revision take over: nothing but its pods, a time, or a person. */
type Promotion =
  { readonly by: 'pods' } | { readonly by: 'time'; readonly seconds: number } | { readonly by: 'person' };

export interface BlueGreenSpec {
  readonly strategy: BlueGreenStrategy;
  readonly activeService: string;
  /** '' without one. */
  readonly previewService: string;
  /** Pods of the new revision until it may take over; `null`: all of them. */
  readonly previewReplicaCount: number | null;
  readonly promotion: Promotion;
  /** Pods that may be missing while a restart replaces them; not used otherwise. */
  readonly unavailable: number;
  readonly scaleDownDelaySeconds: number;
  /** 0: keep the new revision. */
  readonly abortScaleDownDelaySeconds: number;
}

export function blueGreenSpecOf(situation: Situation): BlueGreenSpec {
  const strategy: BlueGreenStrategy = situation.rollout.spec.strategy?.blueGreen ?? { activeService: '' };
  const { previewReplicaCount } = strategy;
  return {
    strategy,
    activeService: strategy.activeService,
    previewService: strategy.previewService ?? '',
    previewReplicaCount: previewReplicaCount === undefined ? null : Math.max(0, previewReplicaCount),
    promotion: promotionOf(strategy),
    unavailable: maxUnavailableOf(strategy.maxUnavailable, situation.replicas),
    scaleDownDelaySeconds: strategy.scaleDownDelaySeconds ?? DEFAULTS.scaleDownDelaySeconds,
    abortScaleDownDelaySeconds: strategy.abortScaleDownDelaySeconds ?? DEFAULTS.abortScaleDownDelaySeconds,
  };
}

/** How long revisions that served stay, and how many. */
export function retirementRules({ scaleDownDelaySeconds, strategy }: BlueGreenSpec): RetirementRules {
  return { delaySeconds: scaleDownDelaySeconds, limit: strategy.scaleDownDelayRevisionLimit };
}

function promotionOf({ autoPromotionEnabled, autoPromotionSeconds = 0 }: BlueGreenStrategy): Promotion {
  if (autoPromotionEnabled === false) return { by: 'person' };
  return autoPromotionSeconds > 0 ? { by: 'time', seconds: autoPromotionSeconds } : { by: 'pods' };
}
