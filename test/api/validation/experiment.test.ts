/** What is wrong with the spec of an Experiment (spec C.1). */
import { expect, test } from 'vitest';
import type { ExperimentSpec, ExperimentTemplate } from '../../../src/api/schema/experiment.ts';
import { experimentError } from '../../../src/api/validation/experiment.ts';
import { fieldErrorText } from '../../../src/api/words/field-error.ts';

function template(name: string, fields: Partial<ExperimentTemplate> = {}): ExperimentTemplate {
  return {
    name,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } } },
    ...fields,
  };
}

const ANALYSIS = { name: 'rate', templateName: 'rate' };

test.each<[string, Partial<ExperimentSpec>, string | null]>([
  [
    'is nothing when it is complete',
    { templates: [template('a'), template('b')], analyses: [ANALYSIS], duration: '1h30m' },
    null,
  ],
  [
    'is a template without a name',
    { templates: [template('')] },
    'spec.templates[0].name: Required value: must not be empty',
  ],
  [
    'is a name that two templates have',
    { templates: [template('a'), template('a')] },
    'spec.templates[1].name: Duplicate value: "a"',
  ],
  [
    'is an empty selector',
    { templates: [template('a', { selector: {} })] },
    'spec.templates[0].selector: Invalid value: {}: an empty selector is not allowed',
  ],
  [
    'is a selector that does not select the pods',
    { templates: [template('a', { template: {} })] },
    'spec.templates[0].selector: Invalid value: {"matchLabels":{"app":"a"}}: must match the labels of the template',
  ],
  [
    'is a pod that must be ready for longer than the deadline',
    { templates: [template('a', { minReadySeconds: 601 })] },
    'spec.templates[0].minReadySeconds: Invalid value: 601: must not be more than progressDeadlineSeconds, which is 600',
  ],
  [
    'is not one that must be ready until the deadline',
    { templates: [template('a', { minReadySeconds: 5 })], progressDeadlineSeconds: 5 },
    null,
  ],
  [
    'is a name that two analyses have',
    { analyses: [ANALYSIS, ANALYSIS] },
    'spec.analyses[1].name: Duplicate value: "rate"',
  ],
  [
    'is a duration that cannot be read',
    { duration: 'soon' },
    'spec.duration: Invalid value: "soon": must be a duration such as 30s, 5m or 1h30m',
  ],
  [
    'is a negative duration',
    { duration: '-5m' },
    'spec.duration: Invalid value: "-5m": must be a duration such as 30s, 5m or 1h30m',
  ],
])('%s', (_name, spec, text) => {
  const metadata = { name: 'trial', uid: 'u', resourceVersion: '1' };
  const error = experimentError({ metadata, spec: { templates: [template('a')], ...spec } });
  expect(error === null ? null : fieldErrorText(error)).toBe(text);
});
