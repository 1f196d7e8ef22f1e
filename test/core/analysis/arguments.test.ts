/** From the arguments of a Rollout to those of a run (spec B.2, 1 to 3). */
import { describe, expect, test } from 'vitest';
import { mergeArguments, resolveArguments } from '../../../src/core/analysis/arguments.ts';
import { fieldValueOf } from '../../../src/core/analysis/field-value.ts';
import type { RolloutAnalysisArgument } from '../../../src/api/schema/analysis.ts';
import type { AnalysisArgument } from '../../../src/api/schema/metric.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { rollout } from '../../api/sample-rollout.ts';

const ROLLOUT: Rollout = {
  ...rollout({ replicas: 1_500_000, paused: false }),
  metadata: {
    ...rollout().metadata,
    labels: { team: 'web', app: 'shop "front"' },
    annotations: { 'example.com/note': 'a\nb\u0007\u200b\u00e9' },
  },
};
const SOURCES = { rollout: ROLLOUT, latestHash: 'new', stableHash: 'old' };

function resolved(arg: Omit<RolloutAnalysisArgument, 'name'>): unknown {
  const result = resolveArguments([{ name: 'x', ...arg }], SOURCES);
  return 'problem' in result ? result : result.values[0]?.value;
}

describe('an argument of a Rollout', () => {
  test.each<{ readonly name: string; readonly arg: Omit<RolloutAnalysisArgument, 'name'>; readonly value: unknown }>([
    { name: 'has the value that is written', arg: { value: 'checkout' }, value: 'checkout' },
    { name: 'has the empty text without a value', arg: {}, value: '' },
    { name: 'has the empty text with an empty source', arg: { valueFrom: {} }, value: '' },
    {
      name: 'has the hash of the new revision',
      arg: { valueFrom: { podTemplateHashValue: 'Latest' } },
      value: 'new',
    },
    {
      name: 'has the hash of the stable revision',
      arg: { valueFrom: { podTemplateHashValue: 'Stable' } },
      value: 'old',
    },
    {
      name: 'has a field, also beside a value',
      arg: { value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      value: 'web',
    },
    {
      name: 'has a problem with a hash that is none',
      arg: { valueFrom: { podTemplateHashValue: 'stable' } },
      value: { problem: 'args.x: podTemplateHashValue must be Stable or Latest' },
    },
    {
      name: 'has a problem with a field that is not there',
      arg: { valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } },
      value: { problem: 'args.x: the Rollout has no field spec.nothing' },
    },
  ])('$name', ({ arg, value }) => {
    expect(resolved(arg)).toEqual(value);
  });
});

describe('a field of the Rollout', () => {
  test.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'uid-web'],
    ["metadata.labels['team']", 'web'],
    ["metadata.labels['absent']", ''],
    ["metadata.labels['constructor']", ''],
    ["metadata.annotations['example.com/note']", 'a\nb\u0007\u200b\u00e9'],
    ['metadata.labels', String.raw`app="shop \"front\""` + '\nteam="web"'],
    ['metadata.annotations', String.raw`example.com/note="a\nb\a\u200bé"`],
    ['spec.replicas', '1500000'],
    ['spec.paused', 'false'],
    ['spec.template.metadata.labels.app', 'web'],
    ['spec.template.spec.containers[0].image', 'web:1'],
    ['spec.strategy.canary.steps[0].setWeight', '20'],
  ])('%s is %j', (path, value) => {
    expect(fieldValueOf(ROLLOUT, path)).toEqual({ value });
  });

  test.each([
    ['metadata.generation', 'unsupported fieldPath: metadata.generation'],
    ["metadata.finalizers['a']", "unsupported fieldPath: metadata.finalizers['a']"],
    ['status.phase', 'the Rollout has no field status.phase'],
    ['spec.template.spec.containers[1].image', 'the Rollout has no field spec.template.spec.containers[1].image'],
    ['spec.constructor.name', 'the Rollout has no field spec.constructor.name'],
    ['spec.template', 'field spec.template of the Rollout is not a text, a number or a boolean'],
    ['', 'field  of the Rollout is not a text, a number or a boolean'],
  ])('%s cannot be read', (path, problem) => {
    expect(fieldValueOf(ROLLOUT, path)).toEqual({ problem });
  });
});

describe('arguments that templates declare', () => {
  const SECRET = { secretKeyRef: { name: 's', key: 'k' } };

  test.each<{
    readonly name: string;
    readonly declared: readonly AnalysisArgument[];
    readonly given?: readonly { readonly name: string; readonly value: string }[];
    readonly merged: unknown;
  }>([
    {
      name: 'keep their own value',
      declared: [{ name: 'a', value: '1' }],
      merged: { args: [{ name: 'a', value: '1' }] },
    },
    {
      name: 'take the value of the Rollout, an empty one too',
      declared: [{ name: 'a', value: '1' }, { name: 'b' }],
      given: [
        { name: 'a', value: '' },
        { name: 'b', value: '2' },
      ],
      merged: {
        args: [
          { name: 'a', value: '' },
          { name: 'b', value: '2' },
        ],
      },
    },
    {
      name: 'lose the source that a value replaces',
      declared: [{ name: 'a', valueFrom: SECRET }],
      given: [{ name: 'a', value: '1' }],
      merged: { args: [{ name: 'a', value: '1' }] },
    },
    {
      name: 'keep a secret as a reference',
      declared: [{ name: 'a', valueFrom: SECRET }],
      merged: { args: [{ name: 'a', valueFrom: SECRET }] },
    },
    {
      name: 'get the field of the Rollout that they refer to',
      declared: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      merged: { args: [{ name: 'a', value: 'web' }] },
    },
    {
      name: 'have a problem with a field that is not there',
      declared: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.nothing' } } }],
      merged: { problem: 'args.a: unsupported fieldPath: metadata.nothing' },
    },
    {
      name: 'are all there is: a value for another argument is dropped',
      declared: [],
      given: [{ name: 'a', value: '1' }],
      merged: { args: [] },
    },
    {
      name: 'must have a value or a source',
      declared: [{ name: 'a', value: '1' }, { name: 'b' }],
      merged: { problem: 'args.b was not resolved' },
    },
    {
      name: 'must have more than an empty source',
      declared: [{ name: 'a', valueFrom: {} }],
      merged: { problem: 'args.a was not resolved' },
    },
  ])('$name', ({ declared, given = [], merged }) => {
    expect(mergeArguments(declared, given, ROLLOUT)).toEqual(merged);
  });

  test('have no fields where there is no Rollout', () => {
    const declared = [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    expect(mergeArguments(declared, [], null)).toEqual({ problem: 'args.a was not resolved' });
  });
});
