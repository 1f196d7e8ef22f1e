import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../../src/core/analysis/provider.ts';
import { influxdbProvider } from '../../../src/providers/influxdb/influxdb.ts';
import { recordsOf } from '../../../src/providers/influxdb/annotated-csv.ts';
import { CONTROLLER_NAMESPACE, type Measuring, NEVER, orderOf, prepareMeasuring } from '../measuring.ts';
import { json, startVendorServer, text, type VendorServer } from '../vendor-server.ts';

/** As in the documentation of the format, with a second table of another schema. */
const TWO_TABLES = [
  '#group,false,false,true,true,false,false,true',
  '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string',
  '#default,mean,,,,,,',
  ',result,table,_start,_stop,_time,_value,host',
  ',,0,2022-12-31T05:41:24Z,2023-01-31T05:41:24.001Z,2023-01-01T00:52:00Z,15.43,A',
  ',,1,2022-12-31T05:41:24Z,2023-01-31T05:41:24.001Z,2023-01-01T00:52:00Z,59.25,B',
  '',
  '#group,false,false,false',
  '#datatype,string,long,long',
  '#default,count,,',
  ',result,table,_value',
  ',,2,9223372036854775807',
  '',
].join('\r\n');

const table = (datatype: string, ...values: readonly string[]): string =>
  [
    `#datatype,string,long,${datatype}`,
    '#group,false,false,false',
    '#default,_result,,',
    ',result,table,_value',
    ...values.map((value) => `,,0,${value}`),
    '',
  ].join('\n');

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(text(TWO_TABLES, 200, 'text/csv; charset=utf-8'));
  measuring = prepareMeasuring({
    secrets: {
      [`${CONTROLLER_NAMESPACE}/influxdb`]: {
        address: `${server.origin}/`,
        authToken: 'hidden-token\n',
        org: 'my shop',
      },
      [`${CONTROLLER_NAMESPACE}/half`]: { address: server.origin, org: 'shop' },
    },
  });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (profile?: string): Promise<Reading> =>
  influxdbProvider(measuring.dependencies).measure(
    orderOf({ influxdb: { query: 'from(bucket: "x")', ...(profile === undefined ? {} : { profile }) } }),
    NEVER,
  );

test('the query is sent with the dialect, the organisation and the token', async () => {
  await measure();
  const { method, path, headers, body = '' } = server.asked[0] ?? {};
  expect({ method, path }).toEqual({ method: 'POST', path: '/api/v2/query?org=my+shop' });
  expect(headers?.['authorization']).toBe('Token hidden-token');
  expect(JSON.parse(body)).toEqual({
    query: 'from(bucket: "x")',
    type: 'flux',
    dialect: { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'] },
  });
});

test('the values of all tables are one list', async () => {
  expect(await measure()).toEqual({
    kind: 'value',
    result: { type: 'records', values: [15.43, 59.25, 9223372036854775807n] },
    text: '[15.43 59.25 9223372036854775807]',
  });
});

describe('a value', () => {
  test.each([
    [
      'double',
      ['5', '0.5', '1e8', 'NaN', '+Inf', ''],
      [5, 0.5, 1e8, NaN, Infinity, null],
      '[5 0.5 1e+08 NaN +Inf <nil>]',
    ],
    ['long', ['-5', ''], [-5n, null], '[-5 <nil>]'],
    ['unsignedLong', ['18446744073709551615'], [18446744073709551615n], '[18446744073709551615]'],
    ['boolean', ['true', 'false'], [true, false], '[true false]'],
    ['string', ['a', '"b, ""c""\nd"', ''], ['a', 'b, "c"\nd', null], '[a b, "c"\nd <nil>]'],
    [
      'dateTime:RFC3339Nano',
      ['2023-01-01T00:52:00.123456700Z', '2023-01-01T00:52:00Z'],
      [new Date('2023-01-01T00:52:00.123Z'), new Date('2023-01-01T00:52:00Z')],
      '[2023-01-01 00:52:00.1234567 +0000 UTC 2023-01-01 00:52:00 +0000 UTC]',
    ],
    ['duration', ['1h2m'], ['1h2m'], '[1h2m]'],
  ])('of type %s', async (datatype, written, values, shown) => {
    server.answering = text(table(datatype, ...written));
    expect(await measure()).toEqual({ kind: 'value', result: { type: 'records', values }, text: shown });
  });

  test('that is empty is the default of its column', async () => {
    server.answering = text('#datatype,string,long,double\n#default,_result,,7\n,result,table,_value\n,,0,\n');
    expect(await measure()).toMatchObject({ text: '[7]' });
  });

  test('is nil where a table has no such column', async () => {
    server.answering = text('#datatype,string,long,double\n#default,_result,,\n,result,table,count\n,,0,3\n');
    expect(await measure()).toMatchObject({ text: '[<nil>]' });
  });
});

describe('an answer', () => {
  test.each([
    ['without records', text(''), 'found no records'],
    ['with a header only', text(table('double')), 'found no records'],
    [
      'of errors, in the middle of records',
      text(
        `${table('double', '1')}\n#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,query terminated,897\n`,
      ),
      'could not answer: query terminated',
    ],
    [
      'of errors without annotations',
      text('error,reference\nfailed to parse,897\n'),
      'could not answer: failed to parse',
    ],
    ['with a wrong number', text(table('double', 'ten')), 'could not answer: a value of type double cannot be read'],
    ['with an unknown type', text(table('complex', '1')), 'could not answer: a value of type complex cannot be read'],
    ['with an open quote', text(table('string', '"open')), 'could not answer: the answer is not CSV'],
    ['without types', text(',result,table,_value\n,,0,1\n'), 'could not answer: the answer is not annotated CSV'],
    [
      'of a refusal',
      json({ code: 'unauthorized', message: 'token hidden-token is unknown' }, 401),
      'refused the credentials (status 401): token ***** is unknown',
    ],
  ])('%s is an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure()).rejects.toThrow(`${server.host} ${message}`);
  });

  test('may have a field that is as long as an answer can be', () => {
    const long = 'a""'.repeat(300_000);
    expect(recordsOf(table('string', `"${long}"`))[0]?.raw).toHaveLength(600_000);
  });
});

test.each([
  ['none', `the Secret ${CONTROLLER_NAMESPACE}/none does not exist`],
  ['half', `the Secret ${CONTROLLER_NAMESPACE}/half has no authToken`],
])('the profile %s is an error', async (profile, message) => {
  await expect(measure(profile)).rejects.toThrow(message);
});
