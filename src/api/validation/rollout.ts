/**
 * Checks a Rollout's spec by itself, in the order of spec 2.2. services.ts checks the objects that it names,
 * and unsupported.ts refuses what this version does not support.
 */
import { selectorProblem } from '../../kube/selector.ts';
import { parseTime } from '../../kube/time.ts';
import { DEFAULTS } from '../words/defaults.ts';
import {
  errorsOf,
  internalError,
  invalidValue,
  requiredValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import type { Rollout, RolloutSpec } from '../schema/rollout.ts';
import { blueGreenErrors } from './blue-green.ts';
import { canaryAntiAffinityError, canaryErrors } from './canary.ts';
import { negativeError, negativeFieldError } from './numbers.ts';
import { podTemplateErrors } from './pod-template.ts';
import { PROBLEMS } from '../words/problems.ts';
import { roleMetadataError } from './role-metadata.ts';
import { stepsErrors } from './steps.ts';
import { hasTemplateBeside } from '../schema/workload-ref.ts';

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
function templateErrors({ selector, template, workloadRef }: RolloutSpec): Iterable<FieldError> {
  return workloadRef === undefined && selector !== undefined ? podTemplateErrors(selector, template ?? {}) : [];
}

const minReadySecondsNegative: Check<RolloutSpec> = ({ minReadySeconds }) =>
  negativeError('spec.minReadySeconds', minReadySeconds);

const historyLimitNegative: Check<RolloutSpec> = ({ revisionHistoryLimit }) =>
  negativeError('spec.revisionHistoryLimit', revisionHistoryLimit);

const deadlineNegative: Check<RolloutSpec> = ({ progressDeadlineSeconds }) =>
  negativeError('spec.progressDeadlineSeconds', progressDeadlineSeconds);

const deadlineTooShort: Check<RolloutSpec> = ({
  progressDeadlineSeconds = DEFAULTS.progressDeadlineSeconds,
  minReadySeconds = DEFAULTS.minReadySeconds,
}) =>
  progressDeadlineSeconds <= minReadySeconds
    ? invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, PROBLEMS.deadlineTooShort)
    : null;

/** The API server accepts times that cannot be compared with the age of a pod. */
const restartAtUnreadable: Check<RolloutSpec> = ({ restartAt }) =>
  restartAt !== undefined && parseTime(restartAt) === null
    ? invalidValue('spec.restartAt', restartAt, PROBLEMS.timeUnreadable)
    : null;

const historyOfAnalysesNegative: Check<RolloutSpec> = ({ analysis }) =>
  negativeFieldError('spec.analysis', analysis, ['successfulRunHistoryLimit', 'unsuccessfulRunHistoryLimit']);

const rollbackWindowNegative: Check<RolloutSpec> = ({ rollbackWindow }) =>
  negativeFieldError('spec.rollbackWindow', rollbackWindow, ['revisions']);

/** This API has always reported the doubled segment. */
const STRATEGY_PATH = 'spec.strategy.strategy';

function* strategyErrors(spec: RolloutSpec): Iterable<FieldError> {
  const { blueGreen, canary } = spec.strategy ?? {};
  if (blueGreen !== undefined && canary !== undefined) {
    yield invalidValue(STRATEGY_PATH, 'blueGreen: true canary: true', PROBLEMS.strategiesMultiple);
  } else if (blueGreen !== undefined) {
    yield* blueGreenErrors({ spec, blueGreen });
  } else if (canary !== undefined) {
    yield* canaryErrors(canary);
    yield* stepsErrors(canary);
    yield* errorsOf([canaryAntiAffinityError], canary);
  } else {
    yield requiredValue(STRATEGY_PATH, PROBLEMS.strategyMissing);
  }
}

const SELECTOR_CHECKS = [replicasNegative, selectorMissing, selectorInvalid, templateBesideWorkloadRef];
const NUMBER_CHECKS = [minReadySecondsNegative, historyLimitNegative, deadlineNegative, deadlineTooShort];
const OTHER_CHECKS = [roleMetadataError, restartAtUnreadable, rollbackWindowNegative, historyOfAnalysesNegative];

/** Every problem with the spec itself, of a step or a container the first one; each is found when it is asked for. */
export function* specErrors({ spec }: Rollout): Iterable<FieldError> {
  yield* errorsOf(SELECTOR_CHECKS, spec);
  yield* templateErrors(spec);
  yield* errorsOf(NUMBER_CHECKS, spec);
  yield* strategyErrors(spec);
  yield* errorsOf(OTHER_CHECKS, spec);
}
