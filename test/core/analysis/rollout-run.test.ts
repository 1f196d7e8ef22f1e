/** The runs that a Rollout asks for: what they are, and where they are put (spec B.8). */
import { describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { runObject, type NewRun } from '../../../src/core/analysis/new-run.ts';
import { analysisRunFor, type RunPurpose, type RunRequest } from '../../../src/core/analysis/rollout-run.ts';
import { placeRun } from '../../../src/core/analysis/run-name.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { rollout } from '../../api/sample-rollout.ts';
import { metric, templates } from './build-run.ts';

const SECRET = { secretKeyRef: { name: 's', key: 'k' } };
const FIND = templates({
  a: {
    metrics: [metric('a', { provider: { datadog: { query: 'q', interval: '5m' } } })],
    args: [{ name: 'hash' }, { name: 'old' }, { name: 'token', valueFrom: SECRET }],
    dryRun: [{ metricName: 'a' }],
  },
  plain: { metrics: [metric('p')] },
});

function request(purpose: RunPurpose, fields: Partial<RunRequest> = {}): RunRequest {
  return {
    purpose,
    analysis: {
      templates: [{ templateName: 'a' }],
      args: [
        { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'old', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'unknown', value: 'x' },
      ],
    },
    rollout: rollout(),
    hash: 'abc',
    revision: 2,
    stableHash: 'xyz',
    instanceId: null,
    ...fields,
  };
}

function newRun(...args: Parameters<typeof request>): NewRun {
  const result = analysisRunFor(request(...args), FIND);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

test('a run of a step, as it is created', () => {
  const body = runObject(newRun({ kind: 'Step', stepIndex: 3 }), 'web-abc-2-3');
  expect(body).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: 'web-abc-2-3',
      namespace: 'shop',
      labels: { app: 'web', 'rollouts-pod-template-hash': 'abc', 'rollout-type': 'Step', 'step-index': '3' },
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'web',
          uid: 'uid-web',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      metrics: [metric('a', { provider: { datadog: { query: 'q', interval: '5m' } } })],
      args: [
        { name: 'hash', value: 'abc' },
        { name: 'old', value: 'xyz' },
        { name: 'token', valueFrom: SECRET },
      ],
      dryRun: [{ metricName: 'a' }],
    },
  });
});

test.each<{ readonly purpose: RunPurpose; readonly name: string; readonly type: string }>([
  { purpose: { kind: 'Step', stepIndex: 0 }, name: 'web-abc-2-0', type: 'Step' },
  { purpose: { kind: 'Background' }, name: 'web-abc-2', type: 'Background' },
  { purpose: { kind: 'PrePromotion' }, name: 'web-abc-2-pre', type: 'PrePromotion' },
  { purpose: { kind: 'PostPromotion' }, name: 'web-abc-2-post', type: 'PostPromotion' },
])('a run of kind $type is called $name', ({ purpose, name, type }) => {
  const run = newRun(purpose);
  expect(run.baseName).toBe(name);
  expect(run.labels['rollout-type']).toBe(type);
});

test('labels and annotations of the user are there, but not in the place of those that the run is found by', () => {
  const { analysis } = request({ kind: 'Background' });
  const run = newRun(
    { kind: 'Background' },
    {
      instanceId: 'blue',
      analysis: {
        ...analysis,
        analysisRunMetadata: {
          labels: { team: 'x', app: 'mine', 'rollout-type': 'Step', 'rollouts-pod-template-hash': 'other' },
          annotations: { note: 'y', 'rollout.argoproj.io/revision': '9' },
        },
      },
    },
  );
  expect(run.labels).toEqual({
    team: 'x',
    app: 'web',
    'rollouts-pod-template-hash': 'abc',
    'rollout-type': 'Background',
    'argo-rollouts.argoproj.io/controller-instance-id': 'blue',
  });
  expect(run.annotations).toEqual({ note: 'y', 'rollout.argoproj.io/revision': '2' });
});

test('a run without arguments and rules has no fields for them', () => {
  expect(newRun({ kind: 'Background' }, { analysis: { templates: [{ templateName: 'plain' }] } }).spec).toEqual({
    metrics: [metric('p')],
  });
});

describe('there is no run', () => {
  test.each<{ readonly name: string; readonly analysis: RunRequest['analysis']; readonly problem: object }>([
    {
      name: 'without its template',
      analysis: { templates: [{ templateName: 'gone' }] },
      problem: {
        problem: "AnalysisTemplate 'gone' not found",
        missing: [{ kind: 'AnalysisTemplate', name: 'gone' }],
      },
    },
    {
      name: 'with an argument that nothing supplies',
      analysis: { templates: [{ templateName: 'a' }], args: [{ name: 'hash', value: 'x' }] },
      problem: { problem: 'args.old was not resolved', missing: [] },
    },
    {
      name: 'with a field that the Rollout does not have',
      analysis: {
        templates: [{ templateName: 'plain' }],
        args: [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }],
      },
      problem: { problem: 'args.x: the Rollout has no field spec.nothing', missing: [] },
    },
  ])('$name', ({ analysis, problem }) => {
    expect(analysisRunFor(request({ kind: 'Background' }, { analysis }), FIND)).toEqual(problem);
  });
});

describe('a name that is taken', () => {
  const wanted = newRun({ kind: 'Background' });

  function present(fields: Partial<AnalysisRun> = {}): AnalysisRun {
    const object = runObject(wanted, 'web-abc-2') as unknown as AnalysisRun;
    return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' }, ...fields };
  }

  function placed(...runs: readonly (AnalysisRun | undefined)[]): string {
    const names = ['web-abc-2', 'web-abc-2.1', 'web-abc-2.2'];
    const { name, write } = placeRun(wanted, (asked) => runs[names.indexOf(asked)], 'test');
    if (write !== null && runNameOf(write.body) !== name) throw new Error('the object has another name');
    return `${write === null ? 'uses' : 'creates'} ${name}`;
  }

  function runNameOf({ metadata }: JsonObject): unknown {
    return (metadata as JsonObject)['name'];
  }

  const base = present();
  const { spec, metadata } = base;
  const finished = present({ status: { phase: 'Failed' } });

  test.each<{ readonly name: string; readonly runs: readonly (AnalysisRun | undefined)[]; readonly is: string }>([
    { name: 'by nothing is used', runs: [], is: 'creates web-abc-2' },
    { name: 'by the same run that is new leads to that run', runs: [base], is: 'uses web-abc-2' },
    {
      name: 'by the same run that is running leads to that run',
      runs: [present({ status: { phase: 'Running' } })],
      is: 'uses web-abc-2',
    },
    { name: 'by a finished run gets a suffix', runs: [finished], is: 'creates web-abc-2.1' },
    { name: 'by several finished runs gets the next suffix', runs: [finished, finished], is: 'creates web-abc-2.2' },
    { name: 'by a finished run may lead to a later one', runs: [finished, base], is: 'uses web-abc-2.1' },
    {
      name: 'by a run of another owner gets a suffix',
      runs: [present({ metadata: { ...metadata, ownerReferences: [] } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run with other metrics gets a suffix',
      runs: [present({ spec: { ...spec, metrics: [metric('other')] } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run with other arguments gets a suffix',
      runs: [present({ spec: { ...spec, args: [] } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run with other rules gets a suffix',
      runs: [present({ spec: { ...spec, measurementRetention: [{ metricName: 'a', limit: 1 }] } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run that was asked to end gets a suffix',
      runs: [present({ spec: { ...spec, terminate: true } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run that is being deleted gets a suffix',
      runs: [present({ metadata: { ...metadata, deletionTimestamp: '2026-01-02T03:04:05Z' } })],
      is: 'creates web-abc-2.1',
    },
    {
      name: 'by a run that is the same in other words leads to that run',
      runs: [
        present({
          spec: {
            measurementRetention: [],
            dryRun: spec.dryRun ?? [],
            args: spec.args ?? [],
            metrics: spec.metrics.map(({ name, provider }) => ({ provider, name })),
          },
        }),
      ],
      is: 'uses web-abc-2',
    },
  ])('$name', ({ runs, is }) => {
    expect(placed(...runs)).toBe(is);
  });

  test('null in a template is as good as absent, for the API server removes it', () => {
    const withNull = {
      ...wanted,
      spec: JSON.parse(JSON.stringify(spec).replace('{"query"', '{"formula":null,"query"')),
    };
    expect(JSON.stringify(withNull.spec)).toContain('null');
    expect(placeRun(withNull as NewRun, (name) => (name === 'web-abc-2' ? base : undefined), 'test').write).toBeNull();
  });
});
