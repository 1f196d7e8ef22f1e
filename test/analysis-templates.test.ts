/**
 * The templates of deploy/analysis-templates/ without a cluster: a Rollout can use them alone and together, their queries
 * are PromQL (by the grammar of Prometheus' own editor) about series that the proxies have, and their conditions judge
 * answers of Prometheus rightly. No Prometheus evaluates the queries here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RolloutAnalysis } from '../src/api/schema/analysis.ts';
import type { AnalysisTemplate } from '../src/api/schema/analysis-template.ts';
import { judge } from '../src/core/analysis/expressions/judge.ts';
import { flattenTemplates, type FindTemplate } from '../src/core/analysis/flatten.ts';
import { mergeArguments } from '../src/core/analysis/arguments.ts';
import { prepareRun } from '../src/core/analysis/prepare-run.ts';
import { analysisMistake } from '../src/core/analysis/template-problem.ts';
import type { Metric } from '../src/core/analysis/provider.ts';
import { queryResultOf } from '../src/providers/prometheus/answer.ts';
import { rollout } from './api/sample-rollout.ts';

const FOLDER = join(import.meta.dirname, '..', 'deploy', 'analysis-templates');

interface Proxy {
  readonly folder: string;
  /** The arguments without a value. */
  readonly args: Readonly<Record<string, string>>;
  /** What the documentation and the source of the proxy say about its series: name, and labels that may be asked for. */
  readonly series: Readonly<Record<string, readonly string[]>>;
  /** Which series of the canary the selector is to find, and of others not. */
  readonly canaryLabel: { readonly name: string; readonly ours: readonly string[]; readonly others: readonly string[] };
}

const PROXIES: readonly Proxy[] = [
  {
    folder: 'ingress-nginx',
    args: { namespace: 'shop', ingress: 'web', 'canary-service': 'web-canary' },
    series: {
      nginx_ingress_controller_requests: ['ingress', 'canary', 'status'],
      nginx_ingress_controller_request_duration_seconds_bucket: ['ingress', 'canary', 'le'],
      nginx_ingress_controller_request_duration_seconds_count: ['ingress', 'canary'],
    },
    canaryLabel: {
      name: 'canary',
      // Some versions say at the end that it is a canary.
      ours: ['shop-web-canary-80', 'shop-web-canary-http', 'shop-web-canary-80-canary'],
      others: ['', '-', 'shop-web-80', 'other-web-canary-80', 'shop-other-web-canary-80'],
    },
  },
  {
    folder: 'traefik',
    args: { namespace: 'shop', ingress: 'web', service: 'web' },
    series: {
      traefik_service_requests_total: ['service', 'code'],
      traefik_service_request_duration_seconds_bucket: ['service', 'le'],
      traefik_service_request_duration_seconds_count: ['service'],
    },
    canaryLabel: {
      name: 'service',
      ours: ['shop-web-web-80-canary@kubernetesingressnginx', 'shop-web-web-http-canary@kubernetesingressnginx'],
      others: [
        'shop-web-web-80@kubernetesingressnginx',
        'shop-web-web-80-wrr@kubernetesingressnginx',
        'shop-web-80-canary@kubernetes',
        'other-web-web-80-canary@kubernetesingressnginx',
      ],
    },
  },
];

function templateIn(folder: string, file: string): AnalysisTemplate {
  return parse(readFileSync(join(FOLDER, folder, file), 'utf8')) as AnalysisTemplate;
}

function templatesOf(folder: string): readonly AnalysisTemplate[] {
  return readdirSync(join(FOLDER, folder))
    .filter((file) => file !== 'kustomization.yaml')
    .map((file) => templateIn(folder, file));
}

function finderOf(folder: string): FindTemplate {
  const templates = templatesOf(folder);
  return ({ kind, name }) => {
    const template = templates.find(({ metadata }) => metadata.name === name);
    return kind === 'ClusterAnalysisTemplate' && template !== undefined ? { template } : null;
  };
}

function referencesTo(folder: string) {
  return templatesOf(folder).map(({ metadata }) => ({ templateName: metadata.name, clusterScope: true }));
}

/** The metrics of a proxy's templates with the arguments filled in. */
function metricsOf({ folder, args }: Proxy): readonly Metric[] {
  const flat = flattenTemplates({ templates: referencesTo(folder) }, finderOf(folder));
  if ('problem' in flat) throw new Error(flat.problem);
  const given = Object.entries(args).map(([name, value]) => ({ name, value }));
  const merged = mergeArguments(flat.args, given, null);
  if ('problem' in merged) throw new Error(merged.problem);
  const prepared = prepareRun({ ...flat, args: merged.args });
  if ('problem' in prepared) throw new Error(prepared.problem);
  return prepared.metrics.map(({ metric }) => metric);
}

const METRICS = PROXIES.flatMap((proxy) => metricsOf(proxy).map((metric) => ({ proxy, metric, name: metric.name })));

function queryOf({ provider }: Metric): string {
  return provider.prometheus?.query ?? '';
}

describe.each(PROXIES)('the templates for $folder', (proxy) => {
  const { folder, args } = proxy;
  const names = ['latency', 'requests', 'success-rate'].map((what) => `${folder}-${what}`);

  test('are those that the page lists, in files and in the kustomization', () => {
    expect(templatesOf(folder).map(({ metadata }) => metadata.name)).toEqual(names);
    const { resources } = parse(readFileSync(join(FOLDER, folder, 'kustomization.yaml'), 'utf8')) as {
      resources: readonly string[];
    };
    expect(resources.toSorted()).toEqual(names.map((name) => `${name.slice(folder.length + 1)}.yaml`));
  });

  const sources = { rollout: rollout(), latestHash: 'new', stableHash: 'old' };
  const mistake = (analysis: object, mustEnd: boolean) =>
    analysisMistake({ analysis, path: 'p', mustEnd, sources }, finderOf(folder));
  const given = Object.entries(args).map(([name, value]) => ({ name, value }));

  test.each([...referencesTo(folder).map((one) => [one]), referencesTo(folder)])(
    'can be a step of a Rollout, alone and together: %j',
    (...references) => {
      expect(mistake({ templates: references, args: given }, true)).toBe(null);
    },
  );

  test('can measure all steps, without end', () => {
    const endless = { templates: referencesTo(folder), args: [...given, { name: 'count', value: '0' }] };
    expect(mistake(endless, false)).toBe(null);
    expect(mistake(endless, true)?.error.detail).toContain('runs indefinitely');
  });

  test.each(Object.keys(args))('need the argument %s', (missing) => {
    const problem = mistake(
      { templates: referencesTo(folder), args: given.filter(({ name }) => name !== missing) },
      true,
    );
    expect(problem?.error.detail).toBe(`args.${missing} was not resolved`);
  });
});

test('the step on the page is one that a Rollout can have', () => {
  const page = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const [, block = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const analysis = (parse(block) as readonly { analysis?: RolloutAnalysis }[])[1]?.analysis;
  expect(analysis?.templates).toHaveLength(3);
  const sources = { rollout: rollout(), latestHash: 'new', stableHash: 'old' };
  const check = { analysis: analysis ?? {}, path: 'p', mustEnd: true, sources };
  expect(analysisMistake(check, finderOf('ingress-nginx'))).toBe(null);
});

describe('the queries', () => {
  test.each(METRICS)('of $proxy.folder, $name, are PromQL', ({ metric }) => {
    expect(mistakesIn(queryOf(metric))).toEqual([]);
  });

  test.each([
    { query: 'sum(rate(a{b="c"}[1m])', mistaken: true },
    { query: 'sum(rate(a{b=c}[1m]))', mistaken: true },
    { query: 'sum(rate(a[1 minute]))', mistaken: true },
    { query: 'a / b or', mistaken: true },
    { query: 'a{b="c"} {d="e"}', mistaken: true },
    { query: 'sum(rate(a{b="c"}[1m])) or vector(0)', mistaken: false },
  ])('would be found out: $query', ({ query, mistaken }) => {
    expect(mistakesIn(query).length > 0).toBe(mistaken);
  });

  test.each(METRICS)('of $proxy.folder, $name, ask for series that the proxy has', ({ proxy, metric }) => {
    const asked = namesIn(queryOf(metric));
    expect(asked.series.length).toBeGreaterThan(0);
    for (const series of asked.series) expect(Object.keys(proxy.series)).toContain(series);
    const known = new Set(asked.series.flatMap((series) => proxy.series[series] ?? []));
    for (const label of asked.labels) expect([...known]).toContain(label);
  });

  test.each(METRICS)('of $proxy.folder, $name, find the canary and nothing else', ({ proxy, metric }) => {
    const { name, ours, others } = proxy.canaryLabel;
    const patterns = [...queryOf(metric).matchAll(new RegExp(`\\b${name}=~"([^"]*)"`, 'g'))].map(([, text]) => text);
    expect(patterns.length).toBeGreaterThan(0);
    // Prometheus anchors a pattern at both ends.
    for (const pattern of patterns.map((text) => new RegExp(`^(?:${text})$`))) {
      expect([...ours, ...others].filter((label) => pattern.test(label))).toEqual(ours);
    }
  });

  test.each(METRICS)(
    'of $proxy.folder, $name, look back on the window that the first measurement waits for',
    ({ metric }) => {
      const ranges = [...queryOf(metric).matchAll(/\[([^\]]*)\]/g)].map(([, range]) => range);
      expect(new Set(ranges)).toEqual(new Set([metric.initialDelay]));
    },
  );
});

describe('the conditions', () => {
  const answers: readonly { name: string; metric: RegExp; samples: readonly string[]; phase: string }[] = [
    { name: 'as many requests as are needed', metric: /^requests$/, samples: ['20'], phase: 'Successful' },
    { name: 'too few requests', metric: /^requests$/, samples: ['19.5'], phase: 'Inconclusive' },
    { name: 'no requests', metric: /^requests$/, samples: ['0'], phase: 'Inconclusive' },
    { name: 'requests that cannot be counted', metric: /^requests$/, samples: ['NaN'], phase: 'Inconclusive' },
    { name: 'no errors', metric: /^success-rate$/, samples: ['1'], phase: 'Successful' },
    { name: 'as few errors as are allowed', metric: /^success-rate$/, samples: ['0.99'], phase: 'Successful' },
    { name: 'too many errors', metric: /^success-rate$/, samples: ['0.9899'], phase: 'Failed' },
    { name: 'errors only', metric: /^success-rate$/, samples: ['0'], phase: 'Failed' },
    { name: 'a rate of no requests, or of too few', metric: /^success-rate$/, samples: [], phase: 'Inconclusive' },
    { name: 'a rate that is no number', metric: /^success-rate$/, samples: ['NaN'], phase: 'Inconclusive' },
    { name: 'more rates than one', metric: /^success-rate$/, samples: ['1', '1'], phase: 'Inconclusive' },
    { name: 'quick answers', metric: /^latency/, samples: ['0.1'], phase: 'Successful' },
    { name: 'slow answers', metric: /^latency/, samples: ['2.5'], phase: 'Failed' },
    { name: 'answers slower than every bucket', metric: /^latency/, samples: ['+Inf'], phase: 'Failed' },
    { name: 'no answers, or too few', metric: /^latency/, samples: [], phase: 'Inconclusive' },
    { name: 'answers that no quantile exists of', metric: /^latency/, samples: ['NaN'], phase: 'Inconclusive' },
    { name: 'answers as slow as half of them may be', metric: /^latency-p50$/, samples: ['0.5'], phase: 'Successful' },
    { name: 'answers slower than half of them may be', metric: /^latency-p50$/, samples: ['0.6'], phase: 'Failed' },
    { name: 'the same for most of them', metric: /^latency-p95$/, samples: ['0.6'], phase: 'Successful' },
    { name: 'answers slower than 95 of 100 may be', metric: /^latency-p95$/, samples: ['1.1'], phase: 'Failed' },
    { name: 'the same for nearly all of them', metric: /^latency-p99$/, samples: ['1.1'], phase: 'Successful' },
  ];
  const cases = METRICS.flatMap(({ proxy, metric }) =>
    answers
      .filter(({ metric: pattern }) => pattern.test(metric.name))
      .map((answer) => ({ ...answer, proxy: proxy.folder, of: metric.name, conditions: metric })),
  );

  test.each(cases)('of $proxy, $of: $name are $phase', ({ conditions, samples, phase }) => {
    expect(judge(conditions, resultOf(samples), 0).phase).toBe(phase);
  });
});

/** What a measurement gets where Prometheus answers with a vector of these samples. */
function resultOf(samples: readonly string[]) {
  const result = samples.map((sample) => ({ metric: {}, value: [1_767_323_045, sample] }));
  const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
  return queryResultOf({
    host: 'prometheus',
    status: 200,
    contentType: 'application/json',
    body,
    scrub: (text) => text,
  }).result;
}

/** The places of a query that are no PromQL. */
function mistakesIn(query: string): readonly string[] {
  const mistakes: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) mistakes.push(`${from}: ${query.slice(from, to)}`);
    },
  });
  return mistakes;
}

function namesIn(query: string): { readonly series: readonly string[]; readonly labels: readonly string[] } {
  const series: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to, node }) => {
      const text = query.slice(from, to);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') series.push(text);
      if (name === 'LabelName') labels.push(text);
    },
  });
  return { series, labels };
}
