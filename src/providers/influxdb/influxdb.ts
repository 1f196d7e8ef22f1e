/** InfluxDB: the values of all records that a query in Flux yields. */
import { z } from 'zod';
import type { MetricProvider } from '../../core/analysis/provider.ts';
import { addressOf, below, configurationOf } from '../configuration.ts';
import type { ProviderDependencies } from '../dependencies.ts';
import { ask } from '../http/ask.ts';
import { isSuccess, noAnswer, refusal } from '../http/answer.ts';
import type { HttpAnswer } from '../http/request.ts';
import { generalText } from '../number-text.ts';
import { requiredKeys, secretOf } from '../secrets.ts';
import { type InfluxRecord, recordsOf } from './annotated-csv.ts';

const DEFAULT_SECRET = 'influxdb';
const TIMEOUT_MS = 30_000;
const DIALECT = { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'] };

type Dependencies = Pick<ProviderDependencies, 'http' | 'timer' | 'readSecret' | 'controllerNamespace'>;

export function influxdbProvider(dependencies: Dependencies): MetricProvider {
  const { readSecret, controllerNamespace } = dependencies;
  return {
    measure: async ({ metric }, signal) => {
      const { profile, query = '' } = configurationOf(metric, 'influxdb');
      const name = profile || DEFAULT_SECRET;
      const where = `${controllerNamespace}/${name}`;
      const secret = await secretOf(readSecret, controllerNamespace, name);
      const { address, authToken, org } = requiredKeys(secret, where, ['address', 'authToken', 'org']);
      const url = below(addressOf(address, `the address in the Secret ${where} is not a URL`), '/api/v2/query');
      url.searchParams.set('org', org);
      const request = {
        method: 'POST',
        url,
        headers: { authorization: `Token ${authToken}`, 'content-type': 'application/json', accept: 'application/csv' },
        body: JSON.stringify({ query, type: 'flux', dialect: DIALECT }),
      };
      const answer = await ask(dependencies, request, TIMEOUT_MS, signal);
      const records = readRecords(answer);
      const values = records.map(({ value }) => value);
      const text = `[${records.map(textOf).join(' ')}]`;
      return { kind: 'value', result: { type: 'records', values }, text };
    },
  };
}

const failure = z.object({ message: z.string() });

function readRecords(answer: HttpAnswer): readonly InfluxRecord[] {
  if (!isSuccess(answer)) throw refusal(answer, reasonOf(answer));
  const records = tablesOf(answer);
  if (records.length === 0) throw new Error(`${answer.host} found no records`);
  return records;
}

function reasonOf({ body }: HttpAnswer): string | undefined {
  try {
    return failure.parse(JSON.parse(body)).message;
  } catch {
    return undefined;
  }
}

function tablesOf(answer: HttpAnswer): readonly InfluxRecord[] {
  try {
    return recordsOf(answer.body);
  } catch (error) {
    throw noAnswer(answer, error instanceof Error ? error.message : String(error), error);
  }
}

/** As Go prints such a value in a list. */
function textOf({ value, raw }: InfluxRecord): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return generalText(value);
  return value instanceof Date ? timeText(value, raw) : String(value);
}

/** `2026-01-02 03:04:05.5 +0000 UTC`, with the fraction that the server wrote. */
function timeText(time: Date, raw: string): string {
  const [, fraction = ''] = /\.(\d*?)0*(?:Z|[+-])/.exec(raw) ?? [];
  return `${time.toISOString().slice(0, 19).replace('T', ' ')}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
}
