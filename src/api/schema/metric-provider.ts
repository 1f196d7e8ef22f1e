/**
 * The configuration of every metric provider in the API. A metric sets exactly one of them.
 */
import { z } from 'zod';
import {
  count64,
  flag,
  freeJson,
  freeMap,
  optional,
  stringMap,
  templatedCount,
  templatedDuration,
  text,
} from './fields.ts';
import { jobSpec, objectMetadata } from './pod-template.ts';

const header = z.object({ key: text.describe('Name of the header.'), value: text.describe('Value of the header.') });

const authentication = z.object({
  sigv4: optional(
    z.object({
      region: optional(text, 'AWS region to sign requests for.'),
      profile: optional(text, 'AWS profile with the credentials to sign with.'),
      roleArn: optional(text, 'ARN of the role to assume for signing.'),
    }),
    'Signs requests with AWS Signature Version 4.',
  ),
  oauth2: optional(
    z.object({
      tokenUrl: optional(text, 'URL that issues the token.'),
      clientId: optional(text, 'ID of the client.'),
      clientSecret: optional(text, 'Secret of the client. Use an argument that is read from a Secret.'),
      scopes: optional(z.array(text), 'Scopes to request.'),
    }),
    'Sends an OAuth 2.0 token, obtained with client credentials.',
  ),
  basicAuth: optional(
    z.object({
      username: optional(text, 'Name of the user.'),
      password: optional(text, 'Password of the user. Use an argument that is read from a Secret.'),
    }),
    'Sends a user name and a password.',
  ),
});

const prometheus = z.object({
  address: optional(text, 'URL of the server, with scheme and port.'),
  query: optional(text, 'Query in PromQL.'),
  timeout: optional(count64, 'Timeout in seconds; 30 when absent.'),
  insecure: optional(flag, 'Whether to skip the check of the server certificate.'),
  headers: optional(z.array(header), 'Headers of the request.'),
  authentication: optional(authentication, 'How requests authenticate.'),
  rangeQuery: optional(
    z.object({
      start: optional(text, 'Expression for the start, such as now() - duration("5m").'),
      end: optional(text, 'Expression for the end, such as now().'),
      step: optional(templatedDuration, 'Time between two values.'),
    }),
    'Queries a time range instead of the current value.',
  ),
});

const web = z.object({
  method: optional(text, 'HTTP method; GET when absent.'),
  url: text.describe('URL of the request.'),
  headers: optional(z.array(header), 'Headers of the request.'),
  body: optional(text, 'Body as text; not together with jsonBody.'),
  jsonBody: optional(freeJson, 'Body as JSON; not together with body.'),
  timeoutSeconds: optional(count64, 'Timeout in seconds; 10 when absent.'),
  jsonPath: optional(text, 'JSONPath of the value in the response; {$} when absent.'),
  insecure: optional(flag, 'Whether to skip the check of the server certificate.'),
  authentication: optional(authentication, 'How requests authenticate.'),
});

const job = z.object({
  metadata: optional(objectMetadata, 'Labels and annotations of the Job; other fields are accepted but not used.'),
  spec: jobSpec.describe('Spec of the Job. The measurement is successful if the Job succeeds, and failed if it fails.'),
});

const DATADOG_AGGREGATORS = ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'];

const datadog = z.object({
  interval: optional(templatedDuration.meta({ default: '5m' }), 'How far back the query looks.'),
  query: optional(text, 'The query; not together with queries.'),
  queries: optional(stringMap, 'Queries by the name that the formula uses; with apiVersion v2.'),
  formula: optional(text, 'Formula over the queries; with apiVersion v2.'),
  apiVersion: optional(text.meta({ default: 'v1', enum: ['v1', 'v2'] }), 'Version of the Datadog API.'),
  aggregator: optional(
    text.meta({ enum: DATADOG_AGGREGATORS }),
    'How to reduce a series to one value; with apiVersion v2.',
  ),
  secretRef: optional(
    z.object({
      name: optional(text, 'Name of the Secret.'),
      namespaced: optional(
        flag,
        'Whether the Secret is in the namespace of the AnalysisRun instead of the controller namespace.',
      ),
    }),
    'Secret with the address and the keys.',
  ),
  requestTimeout: optional(templatedDuration.meta({ default: '10s' }), 'Timeout of a request.'),
});

const newRelic = z.object({
  profile: optional(text, 'Secret with the account and its key; newrelic when absent.'),
  query: text.describe('Query in NRQL.'),
  timeout: optional(count64, 'Timeout in seconds; 5 when absent.'),
});

const cloudWatchMetric = z.object({
  dimensions: optional(
    z.array(
      z.object({ name: optional(text, 'Name of the dimension.'), value: optional(text, 'Value of the dimension.') }),
    ),
    'Dimensions that identify the metric.',
  ),
  metricName: optional(text, 'Name of the metric.'),
  namespace: optional(text, 'Namespace of the metric in CloudWatch.'),
});

const cloudWatch = z.object({
  interval: optional(templatedDuration, 'How far back the queries look; 5m when absent.'),
  metricDataQueries: z
    .array(
      z.object({
        id: optional(text, 'Name of the query, for use in expressions.'),
        expression: optional(text, 'Math expression over other queries, or a query.'),
        label: optional(text, 'Label of the result.'),
        metricStat: optional(
          z.object({
            metric: optional(cloudWatchMetric, 'Metric to query.'),
            period: optional(templatedCount, 'Seconds that each value covers.'),
            stat: optional(text, 'Statistic over each period, such as Average, Sum or p99.'),
            unit: optional(text, 'Unit of the values.'),
          }),
          'A metric, instead of an expression.',
        ),
        period: optional(templatedCount, 'Seconds that each value of the expression covers.'),
        returnData: optional(flag, 'Whether to return the result; true when absent.'),
      }),
    )
    .describe('Queries to run.'),
});

const kayentaScope = z.object({
  scope: text.describe('Scope, as the metrics source names it.'),
  region: text.describe('Region of the scope.'),
  step: count64.describe('Seconds between two values.'),
  start: optional(text, 'Start of the time range, in RFC 3339.'),
  end: optional(text, 'End of the time range, in RFC 3339.'),
});

const kayenta = z.object({
  address: text.describe('URL of Kayenta.'),
  application: text.describe('Application that the analysis belongs to.'),
  canaryConfigName: text.describe('Name of the canary configuration.'),
  metricsAccountName: text.describe('Account to read metrics with.'),
  configurationAccountName: text.describe('Account to read the configuration with.'),
  storageAccountName: text.describe('Account to store results with.'),
  threshold: z
    .object({
      pass: count64.describe('Scores at or above this pass.'),
      marginal: count64.describe('Scores below this fail.'),
    })
    .describe('How to read the score.'),
  scopes: z
    .array(
      z.object({
        name: text.describe('Name of the scope in the configuration.'),
        controlScope: kayentaScope.describe('The baseline.'),
        experimentScope: kayentaScope.describe('The side under test.'),
      }),
    )
    .describe('Scopes to compare.'),
  lookback: optional(flag, 'Whether every analysis starts at the start of the first one.'),
});

const addressAndQuery = z.object({
  address: optional(text, 'URL of the server.'),
  query: optional(text, 'Query in the language of the server.'),
});

const influxdb = z.object({
  profile: optional(text, 'Secret with address, token and organisation; influxdb when absent.'),
  query: optional(text, 'Query in Flux.'),
});

export const metricProvider = z.object({
  prometheus: optional(prometheus, 'Queries Prometheus.'),
  web: optional(web, 'Queries an HTTP server that returns JSON.'),
  job: optional(job, 'Runs a Job.'),
  datadog: optional(datadog, 'Queries Datadog.'),
  newRelic: optional(newRelic, 'Queries New Relic.'),
  wavefront: optional(addressAndQuery, 'Queries Wavefront.'),
  cloudWatch: optional(cloudWatch, 'Queries Amazon CloudWatch.'),
  kayenta: optional(kayenta, 'Runs a Kayenta analysis.'),
  graphite: optional(addressAndQuery, 'Queries Graphite.'),
  influxdb: optional(influxdb, 'Queries InfluxDB.'),
  skywalking: optional(
    addressAndQuery.extend({ interval: optional(templatedDuration, 'How far back the query looks.') }),
    'Queries Apache SkyWalking.',
  ),
  plugin: optional(freeMap, 'Configuration of a metric plugin, by its name.'),
});
