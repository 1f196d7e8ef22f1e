/** AnalysisTemplates for metrics with a query of their own: a MetricTemplate, or the older `query`. */
import { Refusals, readSpec } from '../conversion.ts';
import { decide, note, noted, type Comment, type DraftObject, type Sheet } from '../draft.ts';
import { templateSheet, type Argument } from './hook-templates.ts';
import { plainName } from './names.ts';
import { translatedQuery } from './query.ts';
import type { FlaggerScene } from './scene.ts';
import { metricTemplate, type FlaggerMetric, type FlaggerMetricTemplate } from './schema.ts';

export interface OwnMetric {
  readonly name: string;
  readonly sheet: Sheet;
  /** Thresholds, for the arguments of the Rollout. */
  readonly thresholds: readonly Argument[];
}

/** Where the query is asked. */
export type QuerySource = Pick<FlaggerMetricTemplate, 'query'> & Partial<Pick<FlaggerMetricTemplate, 'provider'>>;

/** The MetricTemplate of a metric, or its own query; `null` if there is none, which is refused. */
export function querySourceOf(metric: FlaggerMetric, path: string, scene: FlaggerScene): QuerySource | null {
  const { templateRef, query } = metric;
  if (templateRef === undefined) {
    if (query !== undefined) return { query };
    scene.refusals.add(path, `no template for the metric ${metric.name}: it needs templateRef or query`);
    return null;
  }
  const { name, namespace = scene.namespace } = templateRef;
  const template = scene.set.take('flagger.app/MetricTemplate', name, namespace);
  if (template === undefined) {
    const where = namespace === undefined ? '' : ` of the namespace ${namespace}`;
    scene.refusals.add(
      `${path}.templateRef`,
      `the MetricTemplate ${name}${where} is not among the documents: give it as well`,
    );
    return null;
  }
  const refusals = new Refusals(template);
  const read = readSpec(metricTemplate, template, refusals);
  if (read !== null && read.spec.provider.type !== 'prometheus') {
    const { type } = read.spec.provider;
    refusals.add(
      'spec.provider.type',
      `${type}: only prometheus is converted. Write its AnalysisTemplate by hand (docs/reference/metric-providers.md)`,
    );
  }
  scene.refusals.list.push(...refusals.list);
  return read?.spec ?? null;
}

export function ownMetric(
  metric: FlaggerMetric,
  source: QuerySource,
  { path, address, scene }: { readonly path: string; readonly address: string; readonly scene: FlaggerScene },
): OwnMetric | null {
  const { stableService, ingress } = scene;
  const names = { service: stableService, ingress, variables: metric.templateVariables ?? {} };
  const translated = translatedQuery(source.query, names);
  if ('problem' in translated) {
    scene.refusals.add(path, translated.problem);
    return null;
  }
  const name = plainName(metric.name);
  const limits = thresholdsOf(metric, name);
  const conditions = conditionsOf(limits);
  const auth = authenticationOf(source);
  const { address: ownAddress = address } = source.provider ?? {};
  const prometheus = {
    address: ownAddress === address ? '{{args.address}}' : ownAddress,
    insecure: source.provider?.insecureSkipVerify === true ? true : undefined,
    headers: headersOf(source),
    authentication: auth?.authentication,
    query: noted(translated.query, translated.ofBoth ? OF_BOTH : null),
  };
  const isCounted = scene.mode.kind === 'blueGreen';
  const measured = {
    name,
    initialDelay: '{{args.window}}',
    interval: '{{args.interval}}',
    count: isCounted ? '{{args.count}}' : undefined,
    failureLimit: '{{args.failure-limit}}',
    inconclusiveLimit: '{{args.inconclusive-limit}}',
    ...conditions,
    provider: { prometheus },
  };
  const shared = [
    'address',
    'namespace',
    'rollout',
    'hash',
    'window',
    'interval',
    'failure-limit',
    'inconclusive-limit',
  ];
  const args = [...shared, ...(isCounted ? ['count'] : []), ...limits.map(({ arg }) => arg)].map((one) => ({
    name: one,
  }));
  const sheet = templateSheet(name, scene, { args: [...args, ...(auth?.args ?? [])], metrics: [measured] }, [
    NO_VALUE,
    ...(auth?.comments ?? []),
  ]);
  return { name, sheet, thresholds: limits.map(({ arg, value }) => ({ name: arg, value })) };
}

const OF_BOTH = decide(
  'The variable target is the name of the Deployment. No pod or object of one version alone has that name here, so the ' +
    'query measures both versions: select the pods whose names begin with {{args.rollout}}-{{args.hash}}-.',
);
const NO_VALUE = note('A query without an answer is Inconclusive. With Flagger it is a failed check.');

interface Threshold {
  readonly arg: string;
  readonly value: string;
  readonly good: '<=' | '>=';
  readonly bad: '>' | '<';
}

/** The older `threshold` is the greatest value of a query. */
function thresholdsOf({ thresholdRange, threshold }: FlaggerMetric, name: string): readonly Threshold[] {
  const { min, max = thresholdRange === undefined ? threshold : undefined } = thresholdRange ?? {};
  const least: Threshold = { arg: `minimum-${name}`, value: String(min), good: '>=', bad: '<' };
  const most: Threshold = { arg: `maximum-${name}`, value: String(max), good: '<=', bad: '>' };
  return [...(min === undefined ? [] : [least]), ...(max === undefined ? [] : [most])];
}

/** Opposite conditions, so that no value at all is neither. */
function conditionsOf(limits: readonly Threshold[]): DraftObject {
  const ONE = 'len(result) == 1';
  if (limits.length === 0) return { successCondition: ONE, failureCondition: 'false' };
  const terms = (key: 'good' | 'bad') => limits.map((one) => `result[0] ${one[key]} {{args.${one.arg}}}`);
  const bad = terms('bad').join(' || ');
  return {
    successCondition: [ONE, ...terms('good')].join(' && '),
    failureCondition: `${ONE} && ${limits.length > 1 ? `(${bad})` : bad}`,
  };
}

function headersOf({ provider }: QuerySource): readonly DraftObject[] | undefined {
  if (provider?.headers === undefined) return undefined;
  return Object.entries(provider.headers).flatMap(([key, values]) => [values].flat().map((value) => ({ key, value })));
}

function authenticationOf({ provider }: QuerySource): {
  readonly authentication: DraftObject;
  readonly args: readonly DraftObject[];
  readonly comments: readonly Comment[];
} | null {
  const { name } = provider?.secretRef ?? {};
  if (name === undefined) return null;
  const argument = (key: string): DraftObject => ({ name: key, valueFrom: { secretKeyRef: { name, key } } });
  return {
    authentication: { basicAuth: { username: '{{args.username}}', password: '{{args.password}}' } },
    args: [argument('username'), argument('password')],
    comments: [
      decide(
        `The Secret ${name} must be in the namespace of the Rollout, and the controller needs the right to read it ` +
          '(deploy/components/analysis-secrets). If it has a token in the place of username and password, send it as the ' +
          'header Authorization.',
      ),
    ],
  };
}
