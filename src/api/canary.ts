/**
 * The fields of `spec.strategy.canary`.
 */
import { z } from 'zod';
import { backgroundAnalysis } from './analysis.ts';
import { antiAffinity } from './anti-affinity.ts';
import { CANARY_RULES } from './canary-rules.ts';
import { boundedList, flag, int32, intOrString, optional, podTemplateMetadata, text, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { canaryStep } from './steps.ts';
import { trafficRouting } from './traffic-routing.ts';
import { PROBLEMS } from './validation/problems.ts';

const replicaProgressThreshold = z.object({
  type: text.describe('Percent or Pods.'),
  value: int32.describe('How much of the asked-for pods must be available.'),
});

const pingPong = withRules(
  z.object({
    pingService: text.describe('One of the two Services.'),
    pongService: text.describe('The other one.'),
  }),
  { rule: "self.pingService != '' && self.pongService != ''", message: PROBLEMS.pingPongServiceMissing },
  { rule: 'self.pingService != self.pongService', message: PROBLEMS.samePingAndPongService },
);

export const canaryStrategy = withRules(
  z.object({
    canaryService: optional(text, 'Service that selects the canary pods only.'),
    stableService: optional(text, 'Service that selects the stable pods only.'),
    steps: optional(boundedList(canaryStep, 500), 'What happens between the first canary pod and the promotion.'),
    trafficRouting: optional(trafficRouting, 'Who splits the traffic; without it the number of pods does.'),
    maxSurge: optional(intOrString, 'Pods above the replicas during an update; 25% when absent.'),
    maxUnavailable: optional(intOrString, 'Pods below the replicas during an update; 25% when absent.'),
    analysis: optional(backgroundAnalysis, 'Analysis that runs beside the steps and aborts when it fails.'),
    antiAffinity: optional(antiAffinity, 'Keep pods of two revisions off the same node.'),
    canaryMetadata: optional(podTemplateMetadata, 'Labels and annotations of pods while they are the canary.'),
    stableMetadata: optional(podTemplateMetadata, 'Labels and annotations of pods while they are stable.'),
    scaleDownDelaySeconds: optional(int32, 'Seconds until the previous revision is scaled down; 30 when absent.'),
    scaleDownDelayRevisionLimit: optional(int32, 'Previous revisions that may wait for their scale-down.'),
    abortScaleDownDelaySeconds: optional(
      int32,
      'Seconds until the canary is scaled down after an abort; 30 when absent, 0 keeps it.',
    ),
    dynamicStableScale: optional(flag, 'Scale the stable pods down while the canary takes over the traffic.'),
    pingPong: optional(pingPong, 'Two Services that swap the roles of stable and canary.'),
    minPodsPerReplicaSet: optional(int32, 'Least number of pods of a revision that has any.'),
    replicaProgressThreshold: optional(
      replicaProgressThreshold,
      'How many canary pods must be available before the next step.',
    ),
  }),
  ...CANARY_RULES,
);
export type CanaryStrategy = Immutable<z.infer<typeof canaryStrategy>>;
