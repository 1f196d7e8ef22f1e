/**
 * The configuration of every metric provider that the API knows: who is asked for a value, and how.
 * Exactly one of them is set in a metric; that rule belongs to the analysis that uses it.
 */
import { z } from 'zod';
import { flag, freeJson, freeMap, int64, intOrString, optional, stringMap, text } from './fields.ts';
import { jobSpec } from './pod-template.ts';

const header = z.object({ key: text, value: text });

const authentication = z.object({
  sigv4: optional(z.object({ region: optional(text), profile: optional(text), roleArn: optional(text) })),
  oauth2: optional(
    z.object({
      tokenUrl: optional(text),
      clientId: optional(text),
      clientSecret: optional(text),
      scopes: optional(z.array(text)),
    }),
  ),
  basicAuth: optional(z.object({ username: optional(text), password: optional(text) })),
});

const prometheus = z.object({
  address: optional(text, 'Address of the server, with scheme and port.'),
  query: optional(text, 'PromQL.'),
  timeout: optional(int64, 'Seconds; 30 when absent.'),
  insecure: optional(flag, 'Whether the certificate of the server is not checked.'),
  headers: optional(z.array(header)),
  authentication: optional(authentication),
  rangeQuery: optional(z.object({ start: optional(text), end: optional(text), step: optional(text) })),
});

const web = z.object({
  method: optional(text, 'GET when absent.'),
  url: text,
  headers: optional(z.array(header)),
  body: optional(text),
  jsonBody: optional(freeJson),
  timeoutSeconds: optional(int64, '10 when absent.'),
  jsonPath: optional(text, 'Where in the answer the value is; {$} when absent.'),
  insecure: optional(flag, 'Whether the certificate of the server is not checked.'),
  authentication: optional(authentication),
});

const job = z.object({
  metadata: optional(z.object({ labels: optional(stringMap), annotations: optional(stringMap) })),
  spec: jobSpec,
});

const DATADOG_AGGREGATORS = ['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'];

const datadog = z.object({
  interval: optional(text.meta({ default: '5m' })),
  query: optional(text),
  queries: optional(stringMap),
  formula: optional(text),
  apiVersion: optional(text.meta({ default: 'v1', enum: ['v1', 'v2'] })),
  aggregator: optional(text.meta({ enum: DATADOG_AGGREGATORS })),
  secretRef: optional(z.object({ name: optional(text), namespaced: optional(flag) })),
  requestTimeout: optional(text.meta({ default: '10s' })),
});

const newRelic = z.object({ profile: optional(text), query: text, timeout: optional(int64) });

const cloudWatch = z.object({
  interval: optional(text),
  metricDataQueries: z.array(
    z.object({
      id: optional(text),
      expression: optional(text),
      label: optional(text),
      metricStat: optional(
        z.object({
          metric: optional(
            z.object({
              dimensions: optional(z.array(z.object({ name: optional(text), value: optional(text) }))),
              metricName: optional(text),
              namespace: optional(text),
            }),
          ),
          period: optional(intOrString),
          stat: optional(text),
          unit: optional(text),
        }),
      ),
      period: optional(intOrString),
      returnData: optional(flag),
    }),
  ),
});

const kayentaScope = z.object({ scope: text, region: text, step: int64, start: optional(text), end: optional(text) });

const kayenta = z.object({
  address: text,
  application: text,
  canaryConfigName: text,
  metricsAccountName: text,
  configurationAccountName: text,
  storageAccountName: text,
  threshold: z.object({ pass: int64, marginal: int64 }),
  scopes: z.array(z.object({ name: text, controlScope: kayentaScope, experimentScope: kayentaScope })),
  lookback: optional(flag),
});

const addressAndQuery = z.object({ address: optional(text), query: optional(text) });

export const metricProvider = z.object({
  prometheus: optional(prometheus),
  web: optional(web),
  job: optional(job),
  datadog: optional(datadog),
  newRelic: optional(newRelic),
  wavefront: optional(addressAndQuery),
  cloudWatch: optional(cloudWatch),
  kayenta: optional(kayenta),
  graphite: optional(addressAndQuery),
  influxdb: optional(z.object({ profile: optional(text), query: optional(text) })),
  skywalking: optional(addressAndQuery.extend({ interval: optional(text) })),
  plugin: optional(freeMap, 'Configuration of one metric plugin by its name.'),
});
