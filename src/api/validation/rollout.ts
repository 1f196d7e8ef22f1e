/**
 * Checks a Rollout's spec by itself, in the order of spec 2.2. services.ts checks the objects that it names,
 * and unsupported.ts refuses what this version does not support.
 */
import { selectorProblem } from '../../kube/selector.ts';
import { parseTime } from '../../kube/time.ts';
import { DEFAULTS } from '../words/defaults.ts';
import {
  firstError,
  internalError,
  invalidValue,
  requiredValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import type { Rollout, RolloutSpec } from '../schema/rollout.ts';
import { blueGreenError } from './blue-green.ts';
import { canaryAntiAffinityError, canaryError } from './canary.ts';
import { negativeError, negativeFieldError } from './numbers.ts';
import { podTemplateError } from './pod-template.ts';
import { PROBLEMS } from '../words/problems.ts';
import { roleMetadataError } from './role-metadata.ts';
import { stepsError } from './steps.ts';
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
const templateInvalid: Check<RolloutSpec> = ({ selector, template, workloadRef }) =>
  workloadRef === undefined && selector !== undefined ? podTemplateError(selector, template ?? {}) : null;

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
  roleMetadataError,
  restartAtUnreadable,
  rollbackWindowNegative,
  historyOfAnalysesNegative,
];

/** The first problem with the spec itself, or null. */
export function validateSpec(rollout: Rollout): FieldError | null {
  return firstError(SPEC_CHECKS, rollout.spec);
}
