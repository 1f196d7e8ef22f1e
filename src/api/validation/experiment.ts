/**
 * What is wrong with the spec of an Experiment.
 */
import { matchesSelector, selectorProblem } from '../../kube/selector.ts';
import { goDurationSeconds } from '../../kube/duration.ts';
import { DEFAULTS } from '../words/defaults.ts';
import {
  duplicateValue,
  errorsAmong,
  errorsOf,
  firstOf,
  invalidValue,
  requiredValue,
  type FieldError,
} from '../words/field-error.ts';
import type { Experiment, ExperimentSpec, ExperimentTemplate } from '../schema/experiment.ts';

/** The first error, or `null`. */
export function experimentError(experiment: Experiment): FieldError | null {
  return firstOf(experimentErrors(experiment));
}

/** The first error of each template and each analysis. */
export function* experimentErrors({ spec }: Experiment): Iterable<FieldError> {
  yield* errorsAmong(spec.templates, (template, index) => templateError(spec, template, index));
  yield* errorsAmong(spec.analyses, ({ name }, index) => nameError(spec.analyses, name, index, 'spec.analyses'));
  yield* errorsOf([durationError], spec);
}

function templateError(spec: ExperimentSpec, template: ExperimentTemplate, index: number): FieldError | null {
  const { name, selector, minReadySeconds = DEFAULTS.minReadySeconds } = template;
  const path = `spec.templates[${index}]`;
  const wrongName = nameError(spec.templates, name, index, 'spec.templates');
  if (wrongName !== null) return wrongName;
  const wrongSelector = selectorProblem(selector);
  if (wrongSelector !== null) return invalidValue(`${path}.selector`, selector, wrongSelector);
  if (!matchesSelector(selector, template.template.metadata?.labels ?? {})) {
    return invalidValue(`${path}.selector`, selector, 'must match the labels of the template');
  }
  const deadline = spec.progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds;
  return minReadySeconds > deadline
    ? invalidValue(
        `${path}.minReadySeconds`,
        minReadySeconds,
        `must not be more than progressDeadlineSeconds, which is ${deadline}`,
      )
    : null;
}

/** A name distinguishes what an Experiment makes, so it is there, and only once. */
function nameError(
  list: readonly { readonly name: string }[] | undefined,
  name: string,
  index: number,
  path: string,
): FieldError | null {
  if (name === '') return requiredValue(`${path}[${index}].name`, 'must not be empty');
  const first = (list ?? []).findIndex((one) => one.name === name);
  return first === index ? null : duplicateValue(`${path}[${index}].name`, name);
}

function durationError({ duration }: ExperimentSpec): FieldError | null {
  if (duration === undefined) return null;
  const seconds = goDurationSeconds(duration);
  return seconds === null || seconds < 0
    ? invalidValue('spec.duration', duration, 'must be a duration such as 30s, 5m or 1h30m')
    : null;
}
