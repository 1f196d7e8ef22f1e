/**
 * Whether a Rollout's spec makes sense by itself: the first thing that is wrong with it, in the order
 * of spec 2.2. The objects that it refers to are checked in validation/references.ts, and what this
 * version cannot do is refused in validation/unsupported.ts.
 */
import { selectorProblem } from '../kube/selector.ts';
import { parseTime } from '../kube/time.ts';
import { firstError, internalError, invalidValue, requiredValue, type Check, type FieldError } from './field-error.ts';
import type { Rollout, RolloutSpec } from './rollout.ts';
import { blueGreenError } from './validation/blue-green.ts';
import { canaryAntiAffinityError, canaryError } from './validation/canary.ts';
import { podTemplateError } from './validation/pod-template.ts';
import { PROBLEMS } from './validation/problems.ts';
import { stepsError } from './validation/steps.ts';
import { hasTemplateBeside } from './workload-ref.ts';

const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;

const replicasNegative: Check<RolloutSpec> = ({ replicas }) => negativeError('spec.replicas', replicas);

const selectorMissing: Check<RolloutSpec> = ({ selector, workloadRef }) =>
  selector === undefined && workloadRef === undefined ? requiredValue('spec.selector', PROBLEMS.selectorMissing) : null;

const selectorInvalid: Check<RolloutSpec> = ({ selector, workloadRef }) => {
  if (selector === undefined || workloadRef !== undefined) return null;
  const terms = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  const problem = terms === 0 ? PROBLEMS.selectorEmpty : selectorProblem(selector);
  return problem === null ? null : invalidValue('spec.selector', selector, problem);
};

const templateBesideWorkloadRef: Check<RolloutSpec> = (spec) =>
  hasTemplateBeside(spec) ? internalError('spec.template', PROBLEMS.templateBesideWorkloadRef) : null;

/** A template that comes from a workload is not ours to check. */
const templateInvalid: Check<RolloutSpec> = ({ selector, template, workloadRef }) =>
  workloadRef === undefined && selector !== undefined ? podTemplateError(selector, template ?? {}) : null;

const minReadySecondsNegative: Check<RolloutSpec> = ({ minReadySeconds }) =>
  negativeError('spec.minReadySeconds', minReadySeconds);

const historyLimitNegative: Check<RolloutSpec> = ({ revisionHistoryLimit }) =>
  negativeError('spec.revisionHistoryLimit', revisionHistoryLimit);

const deadlineNegative: Check<RolloutSpec> = ({ progressDeadlineSeconds }) =>
  negativeError('spec.progressDeadlineSeconds', progressDeadlineSeconds);

const deadlineTooShort: Check<RolloutSpec> = ({
  progressDeadlineSeconds = DEFAULT_PROGRESS_DEADLINE_SECONDS,
  minReadySeconds = 0,
}) =>
  progressDeadlineSeconds <= minReadySeconds
    ? invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, PROBLEMS.deadlineTooShort)
    : null;

/** The API server's own check of times is laxer than what anybody can compare with the age of a pod. */
const restartAtUnreadable: Check<RolloutSpec> = ({ restartAt }) =>
  restartAt !== undefined && parseTime(restartAt) === null
    ? invalidValue('spec.restartAt', restartAt, PROBLEMS.timeUnreadable)
    : null;

/** The doubled segment of the path is how the API has always reported it. */
const STRATEGY_PATH = 'spec.strategy.strategy';

const strategyInvalid: Check<RolloutSpec> = (spec) => {
  const { blueGreen, canary } = spec.strategy ?? {};
  if (blueGreen !== undefined && canary !== undefined) {
    return invalidValue(STRATEGY_PATH, 'blueGreen: true canary: true', PROBLEMS.strategiesMultiple);
  }
  if (blueGreen !== undefined) return blueGreenError({ spec, blueGreen });
  if (canary !== undefined) return firstError([canaryError, stepsError, canaryAntiAffinityError], canary);
  return requiredValue(STRATEGY_PATH, PROBLEMS.strategyMissing);
};

const SPEC_CHECKS: readonly Check<RolloutSpec>[] = [
  replicasNegative,
  selectorMissing,
  selectorInvalid,
  templateBesideWorkloadRef,
  templateInvalid,
  minReadySecondsNegative,
  historyLimitNegative,
  deadlineNegative,
  deadlineTooShort,
  strategyInvalid,
  restartAtUnreadable,
];

/** The first thing that is wrong with the spec by itself, or null. */
export function validateSpec(rollout: Rollout): FieldError | null {
  return firstError(SPEC_CHECKS, rollout.spec);
}

function negativeError(path: string, value: number | undefined): FieldError | null {
  return value !== undefined && value < 0 ? invalidValue(path, value, PROBLEMS.negative) : null;
}
