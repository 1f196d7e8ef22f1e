/** Every provider that asks a server, as the contract sees it: what to ask, a right answer, and what is secret. */
import type { Metric, Reading, UnfinishedMeasurement } from '../../src/core/analysis/provider.ts';
import type { ProviderKey } from '../../src/providers/configuration.ts';
import { AWS_IDENTITY, CONTROLLER_NAMESPACE, type Surroundings } from './measuring.ts';
import { type Answering, json, text } from './vendor-server.ts';

export interface Subject {
  readonly key: ProviderKey;
  /** What it does, where one provider has several ways. */
  readonly way?: string;
  readonly provider: (origin: string, host: string) => Metric['provider'];
  readonly surroundings?: (origin: string, host: string) => Surroundings;
  /** An unfinished measurement to go on with; a new one when absent. */
  readonly unfinished?: UnfinishedMeasurement;
  readonly answering: Answering;
  readonly reading: Partial<Reading>;
  /** Seconds until an answer is given up. */
  readonly limitSeconds: number;
  /** Texts that no message may hold. */
  readonly secrets: readonly string[];
  /** Whether any text is an answer. */
  readonly takesText?: true;
  /** Whether it speaks TLS only. */
  readonly secure?: true;
}

const SECRET = 'hidden-secret-value';

const secretData =
  (name: string, data: (origin: string, host: string) => Readonly<Record<string, string>>) =>
  (origin: string, host: string): Surroundings => ({
    secrets: { [`${CONTROLLER_NAMESPACE}/${name}`]: data(origin, host) },
  });

const datadogKeys = secretData('datadog', (address) => ({ address, 'api-key': SECRET, 'app-key': 'hidden-app-key' }));

const side = { scope: 'web', region: 'eu', step: 60 };
const kayenta = (address: string): Metric['provider'] => ({
  kayenta: {
    address,
    application: 'shop',
    canaryConfigName: 'errors',
    metricsAccountName: 'metrics',
    configurationAccountName: 'configurations',
    storageAccountName: 'results',
    threshold: { pass: 90, marginal: 60 },
    scopes: [{ name: 'default', controlScope: side, experimentScope: side }],
    lookback: true,
  },
});

export const SUBJECTS: readonly Subject[] = [
  {
    key: 'prometheus',
    provider: (address) => ({
      prometheus: { address, query: 'up', authentication: { basicAuth: { username: 'jo', password: SECRET } } },
    }),
    answering: json({ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '0.5'] }] } }),
    reading: { kind: 'value', result: { type: 'floats', values: [0.5] }, text: '[0.5]' },
    limitSeconds: 30,
    secrets: [SECRET, btoa(`jo:${SECRET}`)],
  },
  {
    key: 'web',
    provider: (origin) => ({
      web: { url: `${origin}/?token=${SECRET}`, headers: [{ key: 'Authorization', value: `Bearer ${SECRET}` }] },
    }),
    answering: json({ ok: true }),
    reading: { kind: 'value', result: { type: 'json', value: { ok: true } }, text: '{"ok":true}' },
    limitSeconds: 10,
    secrets: [SECRET],
    takesText: true,
  },
  {
    key: 'graphite',
    provider: (address) => ({ graphite: { address, query: 'target=errors' } }),
    answering: json([
      {
        target: 'errors',
        datapoints: [
          [0.5, 1],
          [null, 2],
        ],
      },
    ]),
    reading: { kind: 'value', result: { type: 'floats', values: [0.5] }, text: '[0.500000]' },
    limitSeconds: 10,
    secrets: [],
  },
  {
    key: 'datadog',
    way: 'v1',
    provider: () => ({ datadog: { query: 'avg:errors{*}' } }),
    surroundings: datadogKeys,
    answering: json({
      status: 'ok',
      series: [
        {
          pointlist: [
            [1000, 7],
            [2000, 0.5],
          ],
        },
      ],
    }),
    reading: { kind: 'value', result: { type: 'float', value: 0.5 }, text: '0.5' },
    limitSeconds: 10,
    secrets: [SECRET, 'hidden-app-key'],
  },
  {
    key: 'datadog',
    way: 'v2',
    provider: () => ({ datadog: { apiVersion: 'v2', query: 'avg:errors{*}', requestTimeout: '1m' } }),
    surroundings: datadogKeys,
    answering: json({
      data: { type: 'scalar_response', attributes: { columns: [{ name: 'query', type: 'number', values: [0.5] }] } },
    }),
    reading: { kind: 'value', result: { type: 'float', value: 0.5 }, text: '0.5' },
    limitSeconds: 60,
    secrets: [SECRET, 'hidden-app-key'],
  },
  {
    key: 'newRelic',
    provider: () => ({ newRelic: { query: 'SELECT count(*) FROM Transaction' } }),
    surroundings: secretData('newrelic', (origin) => ({
      'personal-api-key': SECRET,
      'account-id': '42',
      'base-url-nerdgraph': `${origin}/graphql`,
    })),
    answering: json({ data: { actor: { account: { nrql: { results: [{ count: 5 }] } } } } }),
    reading: { kind: 'value', result: { type: 'json', value: { count: 5 } }, text: '{"count":5}' },
    limitSeconds: 15,
    secrets: [SECRET],
  },
  {
    key: 'influxdb',
    provider: () => ({ influxdb: { query: 'from(bucket: "shop")' } }),
    surroundings: secretData('influxdb', (address) => ({ address, authToken: SECRET, org: 'shop' })),
    answering: text(
      '#datatype,string,long,double\n#group,false,false,false\n#default,_result,,\n,result,table,_value\n,,0,0.5\n',
      200,
      'text/csv',
    ),
    reading: { kind: 'value', result: { type: 'records', values: [0.5] }, text: '[0.5]' },
    limitSeconds: 30,
    secrets: [SECRET],
  },
  {
    key: 'skywalking',
    provider: (address) => ({ skywalking: { address, query: 'query', interval: '5m' } }),
    answering: json({ data: { errors: 1 } }),
    reading: { kind: 'value', result: { type: 'json', value: { errors: 1 } }, text: '{"errors":1}' },
    limitSeconds: 30,
    secrets: [],
  },
  {
    key: 'wavefront',
    provider: (_, address) => ({ wavefront: { address, query: 'ts(errors)' } }),
    surroundings: secretData('wavefront-api-tokens', (_, host) => ({ [host]: SECRET })),
    answering: json({ timeseries: [{ data: [[1, 0.5]] }] }),
    reading: { kind: 'value', result: { type: 'float', value: 0.5 }, text: '0.50' },
    limitSeconds: 30,
    secrets: [SECRET],
    secure: true,
  },
  {
    key: 'kayenta',
    way: 'start',
    provider: kayenta,
    answering: (response, asked) =>
      json(asked.method === 'GET' ? [{ id: 'c-1', name: 'errors' }] : { canaryExecutionId: 'e-1' })(response, asked),
    reading: { kind: 'unfinished', metadata: { canaryExecutionId: 'e-1' } },
    limitSeconds: 15,
    secrets: [],
  },
  {
    key: 'kayenta',
    way: 'look for the score',
    provider: kayenta,
    unfinished: { startedAt: 0, metadata: { canaryExecutionId: 'e-1' } },
    answering: json({ complete: true, result: { judgeResult: { score: { score: 95 } } } }),
    reading: { kind: 'verdict', phase: 'Successful', text: '95' },
    limitSeconds: 15,
    secrets: [],
  },
  {
    key: 'cloudWatch',
    provider: () => ({ cloudWatch: { metricDataQueries: [{ id: 'errors', expression: 'SUM(METRICS())' }] } }),
    surroundings: (origin) => ({ environment: { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_CLOUDWATCH: origin } }),
    answering: json({ MetricDataResults: [{ Id: 'errors', StatusCode: 'Complete', Timestamps: [1], Values: [0.5] }] }),
    reading: { kind: 'value', text: '[[0.5]]' },
    limitSeconds: 30,
    secrets: [AWS_IDENTITY.secretAccessKey, AWS_IDENTITY.sessionToken],
  },
];
