import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../../src/core/analysis/provider.ts';
import { cloudWatchProvider } from '../../../src/providers/cloud-watch/cloud-watch.ts';
import { AWS_IDENTITY, type Measuring, NEVER, NOW, orderOf, prepareMeasuring } from '../measuring.ts';
import { expectedSignature } from '../signature.ts';
import { json, startVendorServer, type VendorServer } from '../vendor-server.ts';

type CloudWatch = NonNullable<Metric['provider']['cloudWatch']>;

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(json({ MetricDataResults: [] }));
  measuring = prepareMeasuring({
    environment: { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_CLOUDWATCH: server.origin },
  });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (cloudWatch: Partial<CloudWatch> = {}): Promise<Reading> =>
  cloudWatchProvider(measuring.dependencies).measure(
    orderOf({ cloudWatch: { metricDataQueries: [{ id: 'e', expression: 'SUM(x)' }], ...cloudWatch } }),
    NEVER,
  );

const sent = (): unknown => JSON.parse(server.asked[0]?.body ?? '');

describe('the request', () => {
  test('asks for the last five minutes, and leaves out what is not set', async () => {
    await measure();
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/' });
    expect(server.asked[0]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
    });
    expect(sent()).toEqual({
      StartTime: NOW / 1000 - 300,
      EndTime: NOW / 1000,
      MetricDataQueries: [{ Id: 'e', Expression: 'SUM(x)' }],
    });
  });

  test('names metric, dimensions, statistic and unit', async () => {
    await measure({
      interval: '30m',
      metricDataQueries: [
        {
          id: 'e',
          label: 'errors',
          returnData: false,
          period: 60,
          metricStat: {
            metric: { namespace: 'app', metricName: 'errors', dimensions: [{ name: 'pod', value: 'web' }] },
            period: '300',
            stat: 'p99',
            unit: 'Count',
          },
        },
      ],
    });
    expect(sent()).toMatchObject({
      StartTime: NOW / 1000 - 1800,
      MetricDataQueries: [
        {
          Id: 'e',
          Label: 'errors',
          ReturnData: false,
          Period: 60,
          MetricStat: {
            Metric: { Namespace: 'app', MetricName: 'errors', Dimensions: [{ Name: 'pod', Value: 'web' }] },
            Period: 300,
            Stat: 'p99',
            Unit: 'Count',
          },
        },
      ],
    });
  });

  test('is signed for the service and the region, over its body', async () => {
    await measure({ metricDataQueries: [{ id: 'e', expression: 'größer' }] });
    const [asked] = server.asked;
    if (asked === undefined) throw new Error('nothing was asked');
    const { authorization = '' } = asked.headers;
    expect(authorization).toContain('Credential=AKIDEXAMPLE/20260304/eu-west-1/monitoring/aws4_request');
    expect(authorization).toContain(`Signature=${expectedSignature(asked, AWS_IDENTITY.secretAccessKey)}`);
    expect(asked.headers['x-amz-security-token']).toBe(AWS_IDENTITY.sessionToken);
  });
});

describe('an answer', () => {
  test('is a list of results with the fields of the library for Go', async () => {
    server.answering = json({
      MetricDataResults: [
        { Id: 'e', Label: 'errors', StatusCode: 'Complete', Timestamps: [1700000060, 1700000000], Values: [1, 2.5] },
        { Id: 'f', StatusCode: 'PartialData', Timestamps: [], Values: ['NaN', 1e8] },
      ],
    });
    expect(await measure()).toEqual({
      kind: 'value',
      result: {
        type: 'structs',
        values: [
          {
            Id: { type: 'text', value: 'e' },
            Label: { type: 'text', value: 'errors' },
            StatusCode: { type: 'named', value: 'Complete' },
            Timestamps: { type: 'times', values: [new Date(1700000060000), new Date(1700000000000)] },
            Values: { type: 'floats', values: [1, 2.5] },
          },
          {
            Id: { type: 'text', value: 'f' },
            Label: { type: 'text', value: null },
            StatusCode: { type: 'named', value: 'PartialData' },
            Timestamps: { type: 'times', values: [] },
            Values: { type: 'floats', values: [NaN, 1e8] },
          },
        ],
      },
      text: '[[1 2.5] [NaN 1e+08]]',
    });
  });

  test('without results is an empty list', async () => {
    expect(await measure()).toEqual({ kind: 'value', result: { type: 'structs', values: [] }, text: '[]' });
  });

  test('may have messages, which are metadata', async () => {
    server.answering = json({ MetricDataResults: [], Messages: [{ Code: 'Warning', Value: 'slow' }] });
    expect(await measure()).toMatchObject({ metadata: { messages: 'Warning: slow' } });
  });

  test.each([
    [
      'of an error',
      json({ __type: 'com.amazonaws.cloudwatch#InvalidParameterValueException', message: 'bad expression' }, 400),
      'answered with status 400: InvalidParameterValueException: bad expression',
    ],
    [
      'of a refusal',
      json({ __type: 'AccessDeniedException', Message: 'no policy allows it' }, 403),
      'refused access (status 403): AccessDeniedException: no policy allows it',
    ],
  ])('%s is an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure()).rejects.toThrow(`${server.host} ${message}`);
  });
});

test.each([
  ['a period that is none', { metricDataQueries: [{ id: 'e', period: '1m' }] }, 'a period is not a whole number'],
  ['an interval that is none', { interval: 'soon' }, 'interval is not a duration'],
])('%s is an error, and nothing is sent', async (_, cloudWatch, message) => {
  await expect(measure(cloudWatch)).rejects.toThrow(message);
  expect(server.asked).toEqual([]);
});

test('without a region there is nothing to ask', async () => {
  const provider = cloudWatchProvider(prepareMeasuring().dependencies);
  const order = orderOf({ cloudWatch: { metricDataQueries: [] } });
  await expect(provider.measure(order, NEVER)).rejects.toThrow('no AWS region is configured');
});
