/**
 * The Rollout: its schema, its type, and its parser. The parser checks only shapes; the rules are in validation.
 */
import { z } from 'zod';
import type { KubeObject, PodTemplate } from '../../kube/objects.ts';
import { DEFAULTS } from '../words/defaults.ts';
import { blueGreenStrategy } from './blue-green.ts';
import { canaryStrategy } from './canary.ts';
import { count, flag, boundedSelector, optional, stringMap, text, time, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { readObject } from './object-shape.ts';
import { podTemplate } from './pod-template.ts';
import { ROLE_RULES } from './role-rules.ts';
import { rolloutStatus, type RolloutStatus } from './status.ts';
import { PROBLEMS } from '../words/problems.ts';

const strategy = withRules(
  z.object({
    blueGreen: optional(
      blueGreenStrategy,
      'Runs the new revision next to the old one, then switches all traffic at once.',
    ),
    canary: optional(canaryStrategy, 'Moves traffic to the new revision step by step.'),
  }),
  {
    rule: '!(has(self.blueGreen) && has(self.canary))',
    message: PROBLEMS.strategiesMultiple,
  },
);

const selector = withRules(boundedSelector, { rule: 'self == oldSelf', message: PROBLEMS.selectorChanged });

const SELECTOR_TERMS = ['matchLabels', 'matchExpressions']
  .map((terms) => `(has(self.selector.${terms}) && self.selector.${terms}.size() > 0)`)
  .join(' || ');
const PROGRESS_DEADLINE = `(has(self.progressDeadlineSeconds) ? self.progressDeadlineSeconds : ${DEFAULTS.progressDeadlineSeconds})`;
const MIN_READY = `(has(self.minReadySeconds) ? self.minReadySeconds : ${DEFAULTS.minReadySeconds})`;
const HISTORY_LIMIT = `(has(self.revisionHistoryLimit) ? self.revisionHistoryLimit : ${DEFAULTS.revisionHistoryLimit})`;
const BLUE_GREEN = 'self.strategy.blueGreen';

export const rolloutSpec = withRules(
  z.object({
    // The API server sets the default, so that an autoscaler finds a number and the controller never writes a spec.
    replicas: optional(count.meta({ default: DEFAULTS.replicas }), 'Number of desired pods.'),
    selector: optional(
      selector,
      'Selects the pods of the Rollout. It must match the labels of the template. With workloadRef it may be absent; then the selector of the workload is used.',
    ),
    template: optional(podTemplate, 'Pod template. Every change of it creates a new revision.'),
    workloadRef: optional(
      z.object({
        apiVersion: optional(text, 'apps/v1, or v1 for a PodTemplate.'),
        kind: optional(text, 'Deployment, ReplicaSet or PodTemplate.'),
        name: optional(text, 'Name of the object, in the namespace of the Rollout.'),
        scaleDown: optional(
          text,
          'When the pods of a Deployment are removed. never (the default): they are kept. onsuccess: once all pods ' +
            'of the Rollout serve. progressively: one for each pod of the Rollout that serves.',
        ),
      }),
      'Workload whose pod template is used instead of template.',
    ),
    minReadySeconds: optional(count, 'Seconds that a pod must be ready before it counts as available.'),
    rollbackWindow: optional(
      z.object({ revisions: optional(count, 'How many of the latest revisions count as recent.') }),
      'A rollback to a recent revision skips the steps.',
    ),
    strategy: optional(strategy, 'How a new revision is rolled out. Exactly one of canary and blueGreen.'),
    revisionHistoryLimit: optional(
      count,
      `Number of old ReplicaSets to keep; ${DEFAULTS.revisionHistoryLimit} when absent.`,
    ),
    paused: optional(flag, 'Pauses the rollout where it is.'),
    progressDeadlineSeconds: optional(
      count,
      `Seconds without progress after which an update counts as failed; ${DEFAULTS.progressDeadlineSeconds} when absent.`,
    ),
    progressDeadlineAbort: optional(flag, 'Whether an update that counts as failed is aborted.'),
    restartAt: optional(time, 'Restarts all pods that were created before this time, a few at a time.'),
    analysis: optional(
      z.object({
        successfulRunHistoryLimit: optional(count, 'Number of successful analysis runs to keep; 5 when absent.'),
        unsuccessfulRunHistoryLimit: optional(count, 'Number of other finished analysis runs to keep; 5 when absent.'),
      }),
      'How many finished analysis runs to keep.',
    ),
  }),
  { rule: 'has(self.selector) || has(self.workloadRef)', message: PROBLEMS.selectorMissing },
  { rule: `!has(self.selector) || has(self.workloadRef) || ${SELECTOR_TERMS}`, message: PROBLEMS.selectorEmpty },
  {
    rule: 'has(self.strategy) && (has(self.strategy.canary) || has(self.strategy.blueGreen))',
    message: PROBLEMS.strategyMissing,
  },
  { rule: `${PROGRESS_DEADLINE} > ${MIN_READY}`, message: `progressDeadlineSeconds ${PROBLEMS.deadlineTooShort}` },
  {
    rule:
      `!has(self.strategy) || !has(${BLUE_GREEN}) || !has(${BLUE_GREEN}.scaleDownDelayRevisionLimit) || ` +
      `${BLUE_GREEN}.scaleDownDelayRevisionLimit <= ${HISTORY_LIMIT}`,
    message: PROBLEMS.scaleDownLimitAboveHistory,
  },
  ...ROLE_RULES,
);

/** `spec` with the template as the user wrote it. */
export interface RolloutSpec extends Immutable<Omit<z.infer<typeof rolloutSpec>, 'template'>> {
  readonly template?: PodTemplate;
}

export interface Rollout extends KubeObject {
  readonly spec: RolloutSpec;
  readonly status?: RolloutStatus;
}

const withoutSpec = z.object({
  metadata: z.object({
    name: text,
    namespace: text,
    uid: text,
    resourceVersion: text,
    generation: optional(z.int()),
    creationTimestamp: optional(text),
    deletionTimestamp: optional(text),
    labels: optional(stringMap),
    annotations: optional(stringMap),
  }),
  status: optional(rolloutStatus),
});
const SHAPE = { whole: withoutSpec.extend({ spec: rolloutSpec }), withoutSpec, kind: 'a Rollout' };

export type ParsedRollout = { readonly rollout: Rollout } | { readonly problem: string };

/**
 * The value, typed, when it has the shape of a Rollout. Unknown fields stay in it. Otherwise a sentence that names the
 * first field that does not fit. A spec that equals `knownSpec`, which has been read before, is replaced by it and not
 * read again.
 */
export function parseRollout(json: unknown, knownSpec?: RolloutSpec): ParsedRollout {
  const read = readObject<Rollout>(json, SHAPE, knownSpec);
  return 'problem' in read ? read : { rollout: read.object };
}
