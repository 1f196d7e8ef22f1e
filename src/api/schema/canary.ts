/**
 * The fields of `spec.strategy.canary`.
 */
import { z } from 'zod';
import { DEFAULTS } from '../words/defaults.ts';
import { backgroundAnalysis } from './analysis.ts';
import { antiAffinity } from './anti-affinity.ts';
import { CANARY_RULES } from './canary-rules.ts';
import {
  boundedList,
  count,
  flag,
  int32,
  optional,
  podsOrShare,
  podsOrPart,
  roleMetadata,
  text,
  withRules,
} from './fields.ts';
import type { Immutable } from './immutable.ts';
import { HASH_RULE } from './role-rules.ts';
import { canaryStep } from './steps.ts';
import { trafficRouting } from './traffic-routing.ts';
import { PROBLEMS } from '../words/problems.ts';

const replicaProgressThreshold = z.object({
  type: text.describe('Percent or Pods.'),
  value: int32.describe('Share or number of pods that must be available; below 0, all of them.'),
});

const pingPong = withRules(
  z.object({
    pingService: text.describe('The first Service.'),
    pongService: text.describe('The other Service.'),
  }),
  { rule: "self.pingService != '' && self.pongService != ''", message: PROBLEMS.pingPongServiceMissing },
  { rule: 'self.pingService != self.pongService', message: PROBLEMS.samePingAndPongService },
);

export const canaryStrategy = withRules(
  z.object({
    canaryService: optional(text, 'Service that selects the canary pods only.'),
    stableService: optional(text, 'Service that selects the stable pods only.'),
    steps: optional(boundedList(canaryStep, 500), 'Steps from the first canary pod to the promotion.'),
    trafficRouting: optional(trafficRouting, 'How traffic is split; without it, by the ratio of pods.'),
    maxSurge: optional(podsOrShare, 'Extra pods allowed during an update; 25% when absent.'),
    maxUnavailable: optional(podsOrPart, 'Pods that may be missing during an update; 25% when absent.'),
    analysis: optional(backgroundAnalysis, 'Analysis that runs during the steps. The update is aborted if it fails.'),
    antiAffinity: optional(antiAffinity, 'Keeps pods of two revisions off the same node.'),
    canaryMetadata: optional(
      withRules(roleMetadata, HASH_RULE),
      'Labels and annotations of pods while they are the canary.',
    ),
    stableMetadata: optional(
      withRules(roleMetadata, HASH_RULE),
      'Labels and annotations of pods while they are stable.',
    ),
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
      `Seconds until the canary is scaled down after an abort; ${DEFAULTS.abortScaleDownDelaySeconds} when absent, 0 keeps its pods.`,
    ),
    dynamicStableScale: optional(flag, 'Scales the stable pods down as the canary takes over traffic.'),
    pingPong: optional(pingPong, 'Two Services that swap the stable and the canary role at each promotion.'),
    minPodsPerReplicaSet: optional(count, 'Minimum number of pods of a revision that is not scaled to 0.'),
    replicaProgressThreshold: optional(
      replicaProgressThreshold,
      'How many canary pods must be available before the next step starts.',
    ),
  }),
  ...CANARY_RULES,
);
export type CanaryStrategy = Immutable<z.infer<typeof canaryStrategy>>;
