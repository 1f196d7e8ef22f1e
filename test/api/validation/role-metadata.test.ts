/** Labels and annotations that a role may lend to pods, and those that would take a pod out of its ReplicaSet. */
import { describe, expect, test } from 'vitest';
import { fieldErrorText, firstOf } from '../../../src/api/words/field-error.ts';
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import { specErrors } from '../../../src/api/validation/rollout.ts';
import { rollout } from '../sample-rollout.ts';

const SELECTED = 'must not conflict with spec.selector';
const HASH = 'must not be set here: it identifies the revision of a pod';

function errorOf(spec: Partial<RolloutSpec>): string | null {
  const error = firstOf(specErrors(rollout(spec)));
  return error === null ? null : fieldErrorText(error);
}

describe('a label of a role that takes pods out of the selector', () => {
  const labels = { app: 'other' };
  test.for<[string, NonNullable<RolloutSpec['strategy']>]>([
    ['canary.canaryMetadata', { canary: { canaryMetadata: { labels } } }],
    ['canary.stableMetadata', { canary: { stableMetadata: { labels } } }],
    ['blueGreen.previewMetadata', { blueGreen: { activeService: 'web', previewMetadata: { labels } } }],
    ['blueGreen.activeMetadata', { blueGreen: { activeService: 'web', activeMetadata: { labels } } }],
  ])('is refused by its name: %s', ([path, strategy]) => {
    expect(errorOf({ strategy })).toBe(`spec.strategy.${path}.labels[app]: Invalid value: "other": ${SELECTED}`);
  });

  test.for<[string, RolloutSpec['selector'] & object, string | null]>([
    ['another value than the only one', { matchLabels: { app: 'web' } }, SELECTED],
    ['the same value', { matchLabels: { app: 'x' } }, null],
    ['one of several', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }] }, null],
    ['none of several', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'y'] }] }, SELECTED],
    ['one that is excluded', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }, SELECTED],
    ['one that is not excluded', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['y'] }] }, null],
    ['any value of a key that must be there', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, null],
    [
      'any value of a key that must not be there',
      { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      SELECTED,
    ],
    ['a key that nothing selects by', { matchLabels: { tier: 'front' } }, null],
  ])('%s', ([_name, selector, problem]) => {
    // A template that says the same as the role fits whenever the role does.
    const template = {
      ...rollout().spec.template,
      metadata: { labels: { app: problem === null ? 'x' : 'web', tier: 'front' } },
    };
    const strategy = { canary: { canaryMetadata: { labels: { app: 'x' } } } };
    const error = errorOf({
      selector,
      template: problem === null ? template : (fitting(selector) ?? template),
      strategy,
    });
    const said = `spec.strategy.canary.canaryMetadata.labels[app]: Invalid value: "x": ${SELECTED}`;
    expect(error).toBe(problem === null ? null : said);
  });

  /** A template without the label, where the selector forbids it. */
  function fitting({ matchExpressions }: RolloutSpec['selector'] & object): RolloutSpec['template'] | null {
    return matchExpressions?.[0]?.operator === 'DoesNotExist'
      ? { ...rollout().spec.template, metadata: { labels: { tier: 'front' } } }
      : null;
  }
});

test.for<[string, object, string | null]>([
  [
    'the hash label',
    { labels: { 'rollouts-pod-template-hash': 'abc' } },
    `labels[rollouts-pod-template-hash]: Invalid value: "abc": ${HASH}`,
  ],
  ['a key that is none', { labels: { 'a b': 'c' } }, 'labels[a b]: Invalid value: "c": is not a valid label key'],
  ['a value that is none', { labels: { a: 'b c' } }, 'labels[a]: Invalid value: "b c": is not a valid label value'],
  [
    'an annotation whose key is none',
    { annotations: { 'a b': 'c' } },
    'annotations[a b]: Invalid value: "c": is not a valid annotation key',
  ],
  [
    'an annotation with any text, and the label of the selector with its value',
    { labels: { app: 'web' }, annotations: { a: 'b c' } },
    null,
  ],
])('%s', ([_name, canaryMetadata, problem]) => {
  const said = problem === null ? null : `spec.strategy.canary.canaryMetadata.${problem}`;
  expect(errorOf({ strategy: { canary: { canaryMetadata } } })).toBe(said);
});
