/** Arguments in a metric (spec B.2): what is replaced, and what cannot be. */
import { describe, expect, test } from 'vitest';
import { substituteArguments } from '../../../src/core/analysis/substitution.ts';
import { metric } from './build-run.ts';

const VALUES = new Map([
  ['service', 'checkout'],
  ['limit', '3'],
  ['quoted', 'a "b" \\ \u0007\n{{args.limit}}'],
  ['empty', ''],
]);

describe('a placeholder', () => {
  test.each([
    ['is replaced by its value', '{{args.service}}', 'checkout'],
    ['may have blanks around its name', '{{  args.service\t}}', 'checkout'],
    ['may stand among other text, several times', 'a{{args.service}}b{{args.limit}}c', 'acheckoutb3c'],
    ['may be replaced by nothing', '[{{args.empty}}]', '[]'],
    ['brings quotes and control characters as they are, and no placeholder', '{{args.quoted}}', VALUES.get('quoted')],
    ['is not what has single braces', 'sum(rate(x{app="{{args.service}}"}[5m]))', 'sum(rate(x{app="checkout"}[5m]))'],
    ['is not what only ends', 'a }} b', 'a }} b'],
  ])('%s', (_name, text, value) => {
    expect(substituteArguments(text, VALUES)).toEqual({ value });
  });

  test.each([
    ['of an unknown argument', '{{args.other}}', 'failed to resolve {{args.other}}'],
    ['of something else', '{{inputs.service}}', 'failed to resolve {{inputs.service}}'],
    ['without the prefix', '{{service}}', 'failed to resolve {{service}}'],
    ['of a Go template', '{{ .Values.x }}', 'failed to resolve {{.Values.x}}'],
    ['with three braces', '{{{args.service}}}', 'failed to resolve {{{args.service}}'],
    ['without a name', '{{}}', 'failed to resolve {{}}'],
    ['without an end', 'x {{args.service', 'cannot find the end of "{{args.service"'],
  ])('%s is a problem', (_name, text, problem) => {
    expect(substituteArguments({ a: [text] }, VALUES)).toEqual({ problem });
  });
});

test('is replaced in every text of a metric, in numbers that are text and in keys', () => {
  const template = metric('{{args.service}}-errors', {
    count: '{{args.limit}}',
    failureLimit: 2,
    provider: {
      job: {
        metadata: { labels: { 'app-{{args.service}}': '{{args.service}}' } },
        spec: { backoffLimit: 1, template: { spec: { containers: [{ args: ['--n={{args.limit}}'] }] } } },
      },
    },
  });
  expect(substituteArguments(template, VALUES)).toEqual({
    value: {
      name: 'checkout-errors',
      count: '3',
      failureLimit: 2,
      provider: {
        job: {
          metadata: { labels: { 'app-checkout': 'checkout' } },
          spec: { backoffLimit: 1, template: { spec: { containers: [{ args: ['--n=3'] }] } } },
        },
      },
    },
  });
});

test('the first of several problems is reported', () => {
  expect(substituteArguments(['{{args.a}}', '{{args.b}}'], VALUES)).toEqual({
    problem: 'failed to resolve {{args.a}}',
  });
});

test('a key that is called __proto__ stays a key', () => {
  const value = JSON.parse('{"__proto__": "{{args.limit}}"}') as unknown;
  const result = substituteArguments(value, VALUES);
  expect('value' in result && JSON.stringify(result.value)).toBe('{"__proto__":"3"}');
});
