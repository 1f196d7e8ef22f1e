/**
 * The fields of `spec.strategy.blueGreen`.
 */
import { z } from 'zod';
import { DEFAULTS } from '../words/defaults.ts';
import { rolloutAnalysis } from './analysis.ts';
import { antiAffinity } from './anti-affinity.ts';
import { count, flag, optional, podsOrPart, roleMetadata, text, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { HASH_RULE } from './role-rules.ts';
import { PROBLEMS } from '../words/problems.ts';

export const blueGreenStrategy = withRules(
  z.object({
    activeService: text.describe('Service that carries production traffic.'),
    previewService: optional(text, 'Service that reaches the new revision before it is promoted.'),
    previewReplicaCount: optional(count, 'Pods of the new revision until its pause ends; all of them when absent.'),
    autoPromotionEnabled: optional(flag, 'Whether the new revision is promoted automatically; true when absent.'),
    autoPromotionSeconds: optional(count, 'Seconds to wait before the automatic promotion.'),
    maxUnavailable: optional(podsOrPart, 'Pods that a restart may remove at once; 25% when absent.'),
    scaleDownDelaySeconds: optional(
      count,
      `Seconds until the previous revision is scaled down; ${DEFAULTS.scaleDownDelaySeconds} when absent.`,
    ),
    scaleDownDelayRevisionLimit: optional(
      count,
      'How many previous revisions keep their pods during scaleDownDelaySeconds.',
    ),
    abortScaleDownDelaySeconds: optional(
      count,
      `Seconds until the new revision is scaled down after an abort; ${DEFAULTS.abortScaleDownDelaySeconds} when absent, 0 keeps its pods.`,
    ),
    prePromotionAnalysis: optional(rolloutAnalysis, 'Analysis that must succeed before the switch.'),
    postPromotionAnalysis: optional(rolloutAnalysis, 'Analysis that must succeed after the switch.'),
    antiAffinity: optional(antiAffinity, 'Keeps pods of two revisions off the same node.'),
    previewMetadata: optional(
      withRules(roleMetadata, HASH_RULE),
      'Labels and annotations of pods while they serve as the preview.',
    ),
    activeMetadata: optional(
      withRules(roleMetadata, HASH_RULE),
      'Labels and annotations of pods while they are active.',
    ),
  }),
  {
    rule: "self.activeService != (has(self.previewService) ? self.previewService : '')",
    message: PROBLEMS.sameActiveAndPreviewService,
  },
);
export type BlueGreenStrategy = Immutable<z.infer<typeof blueGreenStrategy>>;
