/**
 * The configuration of every metric provider that the API knows: who is asked for a value, and how.
 * Exactly one of them is set in a metric; that rule belongs to the analysis that uses it.
 */
import { z } from 'zod';
import { flag, freeJson, freeMap, int64, intOrString, optional, stringMap, text } from './fields.ts';
import { jobSpec } from './pod-template.ts';

const header = z.object({ key: text.describe('Name of the header.'), value: text.describe('Value of the header.') });

const authentication = z.object({
  sigv4: optional(
    z.object({
      region: optional(text, 'AWS region that requests are signed for.'),
      profile: optional(text, 'AWS profile whose credentials sign.'),
      roleArn: optional(text, 'ARN of the role that is assumed to sign.'),
    }),
    'Signs requests as AWS asks for.',
  ),
  oauth2: optional(
    z.object({
      tokenUrl: optional(text, 'Where the token is fetched.'),
      clientId: optional(text, 'ID of the client.'),
      clientSecret: optional(text, 'Secret of the client; better an argument that is read from a Secret.'),
      scopes: optional(z.array(text), 'Scopes that the token is asked for with.'),
    }),
    'Sends a token that is fetched with client credentials.',
  ),
  basicAuth: optional(
    z.object({
      username: optional(text, 'Name of the user.'),
      password: optional(text, 'Password of the user; better an argument that is read from a Secret.'),
    }),
    'Sends a name and a password.',
  ),
});

const prometheus = z.object({
  address: optional(text, 'Address of the server, with scheme and port.'),
  query: optional(text, 'PromQL.'),
  timeout: optional(int64, 'Seconds; 30 when absent.'),
  insecure: optional(flag, 'Whether the certificate of the server is not checked.'),
  headers: optional(z.array(header), 'Headers of the request.'),
  authentication: optional(authentication, 'How the request says who asks.'),
  rangeQuery: optional(
    z.object({
      start: optional(text, 'Expression for the first moment, such as now() - duration("5m").'),
      end: optional(text, 'Expression for the last moment, such as now().'),
      step: optional(text, 'Duration between two values.'),
    }),
    'Asks for the values over a time in place of the present one.',
  ),
});

const web = z.object({
  method: optional(text, 'GET when absent.'),
  url: text.describe('Address of the request.'),
  headers: optional(z.array(header), 'Headers of the request.'),
  body: optional(text, 'What is sent, as text; not together with jsonBody.'),
  jsonBody: optional(freeJson, 'What is sent, as JSON; not together with body.'),
  timeoutSeconds: optional(int64, '10 when absent.'),
  jsonPath: optional(text, 'Where in the answer the value is; {$} when absent.'),
  insecure: optional(flag, 'Whether the certificate of the server is not checked.'),
  authentication: optional(authentication, 'How the request says who asks.'),
});

const job = z.object({
  metadata: optional(
    z.object({
      labels: optional(stringMap, 'Labels of the Job.'),
      annotations: optional(stringMap, 'Annotations of the Job.'),
    }),
    'Labels and annotations of the Job.',
  ),
  spec: jobSpec.describe('The Job as Kubernetes runs it: success is a good measurement, failure a bad one.'),
});

const DATADOG_AGGREGATORS = ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'];

const datadog = z.object({
  interval: optional(text.meta({ default: '5m' }), 'How far back the query looks.'),
  query: optional(text, 'The query; not together with queries.'),
  queries: optional(stringMap, 'Queries by the name that the formula has for them; with apiVersion v2.'),
  formula: optional(text, 'What is computed from the queries.'),
  apiVersion: optional(text.meta({ default: 'v1', enum: ['v1', 'v2'] }), 'API of Datadog that is asked.'),
  aggregator: optional(
    text.meta({ enum: DATADOG_AGGREGATORS }),
    'How the values of a series become one; with apiVersion v2.',
  ),
  secretRef: optional(
    z.object({
      name: optional(text, 'Name of the Secret.'),
      namespaced: optional(
        flag,
        'Whether it is in the namespace of the AnalysisRun, and not in that of the controller.',
      ),
    }),
    'Secret with the address and the keys.',
  ),
  requestTimeout: optional(text.meta({ default: '10s' }), 'Duration after which a request is given up.'),
});

const newRelic = z.object({
  profile: optional(text, 'Secret with the account and its key; newrelic when absent.'),
  query: text.describe('NRQL.'),
  timeout: optional(int64, 'Seconds; 5 when absent.'),
});

const cloudWatchMetric = z.object({
  dimensions: optional(
    z.array(
      z.object({ name: optional(text, 'Name of the dimension.'), value: optional(text, 'Value of the dimension.') }),
    ),
    'What the metric is narrowed down to.',
  ),
  metricName: optional(text, 'Name of the metric.'),
  namespace: optional(text, 'Namespace of the metric in CloudWatch.'),
});

const cloudWatch = z.object({
  interval: optional(text, 'How far back the queries look; 5m when absent.'),
  metricDataQueries: z
    .array(
      z.object({
        id: optional(text, 'Name of the query, for expressions of others.'),
        expression: optional(text, 'Computed from other queries, or a query of its own.'),
        label: optional(text, 'Label of the result.'),
        metricStat: optional(
          z.object({
            metric: optional(cloudWatchMetric, 'The metric.'),
            period: optional(intOrString, 'Seconds that one value stands for.'),
            stat: optional(text, 'Statistic over these seconds, such as Average, Sum or p99.'),
            unit: optional(text, 'Unit of the values.'),
          }),
          'A metric in place of an expression.',
        ),
        period: optional(intOrString, 'Seconds that one value of the expression stands for.'),
        returnData: optional(flag, 'Whether the result is handed out; true when absent.'),
      }),
    )
    .describe('What is asked for.'),
});

const kayentaScope = z.object({
  scope: text.describe('What is measured, as the metrics source names it.'),
  region: text.describe('Where it runs.'),
  step: int64.describe('Seconds between two values.'),
  start: optional(text, 'First moment, RFC 3339.'),
  end: optional(text, 'Last moment, RFC 3339.'),
});

const kayenta = z.object({
  address: text.describe('Address of Kayenta.'),
  application: text.describe('Application that the judgement is filed under.'),
  canaryConfigName: text.describe('Name of the canary configuration.'),
  metricsAccountName: text.describe('Account that metrics are read with.'),
  configurationAccountName: text.describe('Account that configurations are read with.'),
  storageAccountName: text.describe('Account that results are kept with.'),
  threshold: z
    .object({
      pass: int64.describe('Score from which it is good.'),
      marginal: int64.describe('Score below which it is bad.'),
    })
    .describe('What the score means.'),
  scopes: z
    .array(
      z.object({
        name: text.describe('Name of the scope in the configuration.'),
        controlScope: kayentaScope.describe('What is compared with.'),
        experimentScope: kayentaScope.describe('What is compared.'),
      }),
    )
    .describe('What is compared with what.'),
  lookback: optional(flag, 'Whether every judgement begins at the start of the first one.'),
});

const addressAndQuery = z.object({
  address: optional(text, 'Address of the server.'),
  query: optional(text, 'The query, in the language of the server.'),
});

const influxdb = z.object({
  profile: optional(text, 'Secret with address, token and organisation; influxdb when absent.'),
  query: optional(text, 'Flux.'),
});

export const metricProvider = z.object({
  prometheus: optional(prometheus, 'Asks Prometheus.'),
  web: optional(web, 'Asks any HTTP server that answers with JSON.'),
  job: optional(job, 'Runs a Job.'),
  datadog: optional(datadog, 'Asks Datadog.'),
  newRelic: optional(newRelic, 'Asks New Relic.'),
  wavefront: optional(addressAndQuery, 'Asks Wavefront.'),
  cloudWatch: optional(cloudWatch, 'Asks Amazon CloudWatch.'),
  kayenta: optional(kayenta, 'Has Kayenta judge.'),
  graphite: optional(addressAndQuery, 'Asks Graphite.'),
  influxdb: optional(influxdb, 'Asks InfluxDB.'),
  skywalking: optional(
    addressAndQuery.extend({ interval: optional(text, 'How far back the query looks.') }),
    'Asks Apache SkyWalking.',
  ),
  plugin: optional(freeMap, 'Configuration of one metric plugin by its name.'),
});
