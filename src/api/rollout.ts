/**
 * The Rollout itself: its schema, its type, and reading one off the wire. Reading checks shapes only;
 * whether a Rollout makes sense is decided in validation.
 */
import { z } from 'zod';
import type { KubeObject, PodTemplate } from '../kube/objects.ts';
import { blueGreenStrategy } from './blue-green.ts';
import { canaryStrategy } from './canary.ts';
import { count, flag, int32, labelSelector, optional, stringMap, text, time, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { podTemplate } from './pod-template.ts';
import { rolloutStatus, type RolloutStatus } from './status.ts';
import { PROBLEMS } from './validation/problems.ts';

const strategy = withRules(
  z.object({
    blueGreen: optional(blueGreenStrategy, 'Two whole stacks, and a switch between them.'),
    canary: optional(canaryStrategy, 'The new revision takes over step by step.'),
  }),
  {
    rule: '!(has(self.blueGreen) && has(self.canary))',
    message: PROBLEMS.strategiesMultiple,
  },
);

const selector = withRules(labelSelector, { rule: 'self == oldSelf', message: PROBLEMS.selectorChanged });

const SELECTOR_TERMS = ['matchLabels', 'matchExpressions']
  .map((terms) => `(has(self.selector.${terms}) && self.selector.${terms}.size() > 0)`)
  .join(' || ');
const PROGRESS_DEADLINE = '(has(self.progressDeadlineSeconds) ? self.progressDeadlineSeconds : 600)';
const MIN_READY = '(has(self.minReadySeconds) ? self.minReadySeconds : 0)';
const HISTORY_LIMIT = '(has(self.revisionHistoryLimit) ? self.revisionHistoryLimit : 10)';
const BLUE_GREEN = 'self.strategy.blueGreen';

export const rolloutSpec = withRules(
  z.object({
    // The API server fills this in, so that an autoscaler finds a number and the controller never writes a spec.
    replicas: optional(count.meta({ default: 1 }), 'Number of desired pods.'),
    selector: optional(
      selector,
      'Which pods are ours; it must match the labels of the template. That of the workload when absent beside workloadRef.',
    ),
    template: optional(podTemplate, 'The pods to run. Every change of it is a new revision.'),
    workloadRef: optional(
      z.object({
        apiVersion: optional(text, 'apps/v1, or v1 for a PodTemplate.'),
        kind: optional(text, 'Deployment, ReplicaSet or PodTemplate.'),
        name: optional(text, 'Name of the object, in the namespace of the Rollout.'),
        scaleDown: optional(
          text,
          'What becomes of the pods of a Deployment while the first revision comes up: never (or nothing) keeps them, ' +
            'onsuccess takes them when all pods of the Rollout serve, progressively one for each that serves.',
        ),
      }),
      'Workload whose pod template is used in place of one of our own.',
    ),
    minReadySeconds: optional(count, 'Seconds that a pod must be ready before it counts as available.'),
    rollbackWindow: optional(
      z.object({ revisions: optional(int32, 'How many revisions back count as recent.') }),
      'Going back to a recent revision skips the steps.',
    ),
    strategy: optional(strategy, 'How the new revision takes over. Exactly one of canary and blueGreen.'),
    revisionHistoryLimit: optional(count, 'Old ReplicaSets that are kept; 10 when absent.'),
    paused: optional(flag, 'Stops the rollout where it is.'),
    progressDeadlineSeconds: optional(
      count,
      'Seconds without progress until an update counts as failed; 600 when absent.',
    ),
    progressDeadlineAbort: optional(flag, 'Whether an update that counts as failed is aborted.'),
    restartAt: optional(time, 'Pods created before this time are replaced, a few at a time.'),
    analysis: optional(
      z.object({
        successfulRunHistoryLimit: optional(int32, 'Successful analysis runs that are kept; 5 when absent.'),
        unsuccessfulRunHistoryLimit: optional(int32, 'Other finished analysis runs that are kept; 5 when absent.'),
      }),
      'How many finished analysis runs are kept.',
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
);

/** `spec` with the template as the user wrote it. */
export interface RolloutSpec extends Immutable<Omit<z.infer<typeof rolloutSpec>, 'template'>> {
  readonly template?: PodTemplate;
}

export interface Rollout extends KubeObject {
  readonly spec: RolloutSpec;
  readonly status?: RolloutStatus;
}

const rolloutObject = z.object({
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
  spec: rolloutSpec,
  status: optional(rolloutStatus),
});

export type ParsedRollout = { readonly rollout: Rollout } | { readonly problem: string };

/**
 * The value itself, unchanged and typed, when its shape is that of a Rollout: fields that this version
 * has never heard of stay in it. Otherwise a sentence that names the first field which does not fit.
 */
export function parseRollout(json: unknown): ParsedRollout {
  const result = rolloutObject.safeParse(json);
  if (result.success) {
    return { rollout: json as Rollout };
  }
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  return { problem: path === '' ? 'not a Rollout object' : `${path}: ${issue?.message ?? 'does not fit'}` };
}
