/**
 * What must be true of a blue-green Rollout that has come to rest.
 */
import { canaryRuleOf } from '../cluster/proxy.ts';
import { isInvalid, ownIngresses, type SettledFacts } from './settled.ts';
import type { Finding } from './violation.ts';
import { blueGreenStrategyOf, isBlueGreen, selectedBy } from './write-facts.ts';

/** A pause with a time ends by itself. */
function timedPromotionsHappen(facts: SettledFacts): Finding {
  const { rollout } = facts;
  const { autoPromotionEnabled, autoPromotionSeconds = 0 } = blueGreenStrategyOf(rollout);
  const isTimed = autoPromotionEnabled !== false && autoPromotionSeconds > 0;
  const { pauseConditions = [] } = rollout.status ?? {};
  if (isInvalid(facts) || !isBlueGreen(rollout) || rollout.spec.paused === true || !isTimed) return null;
  return pauseConditions.every(({ reason }) => reason !== 'BlueGreenPause')
    ? null
    : `it waits, and ${autoPromotionSeconds} s are over`;
}

/** The preview leads to what is on trial, and the status says where both lead. */
function servicesLeadWhereTheStatusSays(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  if (!isBlueGreen(rollout) || isInvalid(facts)) return null;
  const { activeService, previewService = '' } = blueGreenStrategyOf(rollout);
  const { currentPodHash, blueGreen } = rollout.status ?? {};
  const active = selectedBy(cluster, activeService);
  if (active !== '' && active !== blueGreen?.activeSelector) return `${activeService} selects ${active}`;
  if (previewService === '') return null;
  const preview = selectedBy(cluster, previewService);
  // A former router that cannot be removed yet still sends requests there.
  const isInUse = ownIngresses(facts).some((one) => (canaryRuleOf(one)?.weight ?? 0) > 0);
  const follows = rollout.spec.paused === true || isInUse || preview === currentPodHash;
  return follows && preview === (blueGreen?.previewSelector ?? '') ? null : `${previewService} selects '${preview}'`;
}

export const settledBlueGreenInvariants = { timedPromotionsHappen, servicesLeadWhereTheStatusSays } satisfies Record<
  string,
  (facts: SettledFacts) => Finding
>;
