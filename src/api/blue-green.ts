/**
 * The fields of `spec.strategy.blueGreen`: two whole stacks and a switch between them.
 */
import { z } from 'zod';
import { rolloutAnalysis } from './analysis.ts';
import { antiAffinity } from './anti-affinity.ts';
import { flag, int32, intOrString, optional, podTemplateMetadata, text, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from './validation/problems.ts';

export const blueGreenStrategy = withRules(
  z.object({
    activeService: text.describe('Service that carries production traffic.'),
    previewService: optional(text, 'Service that reaches the new revision before it is promoted.'),
    previewReplicaCount: optional(int32, 'Pods of the new revision until its pause is over; all of them when absent.'),
    autoPromotionEnabled: optional(flag, 'Whether the new revision is promoted without a person; true when absent.'),
    autoPromotionSeconds: optional(int32, 'Seconds to wait before the automatic promotion.'),
    maxUnavailable: optional(intOrString, 'Pods that a restart may take away at once; 25% when absent.'),
    scaleDownDelaySeconds: optional(int32, 'Seconds until the previous revision is scaled down; 30 when absent.'),
    scaleDownDelayRevisionLimit: optional(int32, 'Previous revisions that may wait for their scale-down.'),
    abortScaleDownDelaySeconds: optional(
      int32,
      'Seconds until the new revision is scaled down after an abort; 30 when absent, 0 keeps it.',
    ),
    prePromotionAnalysis: optional(rolloutAnalysis, 'Analysis that must succeed before the switch.'),
    postPromotionAnalysis: optional(rolloutAnalysis, 'Analysis that must succeed after the switch.'),
    antiAffinity: optional(antiAffinity, 'Keep pods of two revisions off the same node.'),
    previewMetadata: optional(podTemplateMetadata, 'Labels and annotations of pods while they are the preview.'),
    activeMetadata: optional(podTemplateMetadata, 'Labels and annotations of pods while they are active.'),
  }),
  {
    rule: "self.activeService != (has(self.previewService) ? self.previewService : '')",
    message: PROBLEMS.sameActiveAndPreviewService,
  },
);
export type BlueGreenStrategy = Immutable<z.infer<typeof blueGreenStrategy>>;
