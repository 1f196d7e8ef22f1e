import { describe, expect, test } from 'vitest';
import { parseAnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { parseAnalysisTemplate } from '../../../src/api/schema/analysis-template.ts';

const METADATA = { name: 'web-abc-2', namespace: 'shop', uid: 'u', resourceVersion: '1' };
const METRIC = { name: 'errors', count: '{{args.n}}', provider: { job: { spec: { template: {} } }, future: {} } };

test('a run comes back as the very value, with what nobody here knows', () => {
  const json = {
    metadata: METADATA,
    spec: { metrics: [METRIC], future: 1 },
    status: { phase: 'Strange', metricResults: [{ name: 'errors', phase: 'Running', future: [] }] },
  };
  const parsed = parseAnalysisRun(json);
  expect('run' in parsed && parsed.run).toBe(json);
});

describe('a run whose spec has been read before', () => {
  const known = { metrics: [METRIC] };
  const json = { metadata: METADATA, spec: structuredClone(known), status: { phase: 'Running' } };

  test('keeps it when it is the same', () => {
    const parsed = parseAnalysisRun(json, known);
    expect(parsed).toEqual({ run: json });
    expect('run' in parsed && parsed.run.spec).toBe(known);
  });

  test('gets the new one when it is another', () => {
    const changed = { ...json, spec: { ...known, terminate: true } };
    expect(parseAnalysisRun(changed, known)).toEqual({ run: changed });
  });

  test('is read for all else that is wrong with it', () => {
    expect(parseAnalysisRun({ ...json, status: { phase: 1 } }, known)).toEqual({
      problem: 'status.phase: Invalid input: expected string, received number',
    });
    expect(parseAnalysisRun({ ...json, spec: { ...known, metrics: 1 } }, known)).toEqual({
      problem: 'spec.metrics: Invalid input: expected array, received number',
    });
  });
});

test('a template comes back as the very value, also one of the cluster, and one that makes no sense', () => {
  const { namespace: _, ...metadata } = METADATA;
  const json = { metadata, spec: { metrics: [{ ...METRIC, failureLimit: -7 }], templates: [{}] } };
  const parsed = parseAnalysisTemplate(json);
  expect('template' in parsed && parsed.template).toBe(json);
});

test('a template of the cache is read once, also one that makes no sense', () => {
  for (const spec of [{ metrics: [METRIC] }, 1]) {
    const template = Object.freeze({ metadata: METADATA, spec });
    expect(parseAnalysisTemplate(template)).toBe(parseAnalysisTemplate(template));
  }
});

describe('what is none is told by its first problem', () => {
  test.each([
    { name: 'null', json: null, problem: 'not an AnalysisRun object' },
    {
      name: 'no name',
      json: { metadata: { uid: 'u', resourceVersion: '1' }, spec: { metrics: [] } },
      problem: 'metadata.name: Invalid input: expected string, received undefined',
    },
    {
      name: 'no metrics',
      json: { metadata: METADATA, spec: {} },
      problem: 'spec.metrics: Invalid input: expected array, received undefined',
    },
    {
      name: 'a metric without a provider',
      json: { metadata: METADATA, spec: { metrics: [{ name: 'm' }] } },
      problem: 'spec.metrics.0.provider: Invalid input: expected object, received undefined',
    },
    {
      name: 'a measurement of another shape',
      json: {
        metadata: METADATA,
        spec: { metrics: [] },
        status: { metricResults: [{ name: 'm', phase: 'Running', measurements: [{ phase: 1 }] }] },
      },
      problem: 'status.metricResults.0.measurements.0.phase: Invalid input: expected string, received number',
    },
  ])('a run: $name', ({ json, problem }) => {
    expect(parseAnalysisRun(json)).toEqual({ problem });
  });

  test('a template: no spec', () => {
    expect(parseAnalysisTemplate({ metadata: METADATA })).toEqual({
      problem: 'spec: Invalid input: expected object, received undefined',
    });
    expect(parseAnalysisTemplate([])).toEqual({ problem: 'not an AnalysisTemplate object' });
  });
});
