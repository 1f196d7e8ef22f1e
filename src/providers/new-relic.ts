/** New Relic: a query in NRQL, asked through NerdGraph, its API in GraphQL. */
import { z } from 'zod';
import type { MetricProvider, Reading } from '../core/analysis/provider.ts';
import { anyJson } from '../kube/typed-json.ts';
import type { Json } from '../kube/json.ts';
import { addressOf, configurationOf, timeoutMs } from './configuration.ts';
import type { ProviderDependencies } from './dependencies.ts';
import { ask } from './http/ask.ts';
import { jsonOf, noAnswer, requireSuccess } from './http/answer.ts';
import type { HttpAnswer, HttpRequest } from './http/request.ts';
import { requiredKeys, secretOf, type SecretData } from './secrets.ts';

const DEFAULT_SECRET = 'newrelic';
const DEFAULT_TIMEOUT_SECONDS = 5;
/** The timeout of a metric is that of its query. The server has this much longer to say that it was exceeded. */
const SPARE_MS = 10_000;

/** By the region of a Secret, in lower case. */
const ADDRESSES: Readonly<Record<string, string>> = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  staging: 'https://staging-api.newrelic.com/graphql',
};

const QUERY = `query ($account: Int!, $query: Nrql!, $timeout: Seconds!) {
  actor { account(id: $account) { nrql(query: $query, timeout: $timeout) { results } } }
}`;

const nerdGraphAnswer = z.object({
  errors: z.array(z.object({ message: z.string() })).nullish(),
  data: z
    .object({
      actor: z
        .object({
          account: z
            .object({
              nrql: z.object({ results: z.array(z.record(z.string(), z.custom<Json>())).nullish() }).nullish(),
            })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

type Dependencies = Pick<ProviderDependencies, 'http' | 'timer' | 'readSecret' | 'controllerNamespace'>;

export function newRelicProvider(dependencies: Dependencies): MetricProvider {
  const { readSecret, controllerNamespace } = dependencies;
  return {
    measure: async ({ metric }, signal) => {
      const { profile, query, timeout } = configurationOf(metric, 'newRelic');
      const limitMs = timeoutMs(timeout, DEFAULT_TIMEOUT_SECONDS, 'newRelic timeout');
      const name = profile || DEFAULT_SECRET;
      const secret = await secretOf(readSecret, controllerNamespace, name);
      const request = requestOf(secret, `${controllerNamespace}/${name}`, query, limitMs / 1000);
      const answer = await ask(dependencies, request, limitMs + SPARE_MS, signal);
      requireSuccess(answer);
      return readingOf(answer);
    },
    describe: ({ provider: { newRelic } }) => (newRelic?.query ? { ResolvedNewRelicQuery: newRelic.query } : {}),
  };
}

function requestOf(secret: SecretData, where: string, query: string, timeout: number): HttpRequest {
  const keys = requiredKeys(secret, where, ['personal-api-key', 'account-id']);
  const account = Number(keys['account-id']);
  if (!Number.isSafeInteger(account)) throw new Error(`the account-id in the Secret ${where} is not a number`);
  const region = (secret['region']?.trim() || 'us').toLowerCase();
  const address = secret['base-url-nerdgraph']?.trim() || ADDRESSES[region];
  if (address === undefined) throw new Error(`the Secret ${where} names a region that New Relic does not have`);
  return {
    method: 'POST',
    url: addressOf(address, `the base-url-nerdgraph in the Secret ${where} is not a URL`),
    headers: { 'content-type': 'application/json', 'api-key': keys['personal-api-key'] },
    body: JSON.stringify({ query: QUERY, variables: { account, query, timeout } }),
  };
}

/** One row is an object, more are a list of objects. */
function readingOf(answer: HttpAnswer): Reading {
  const { data, errors } = jsonOf(answer, nerdGraphAnswer);
  if (errors !== null && errors !== undefined && errors.length > 0) {
    const said = errors.map(({ message }) => message).join(', ');
    throw noAnswer(answer, said);
  }
  const rows = data?.actor?.account?.nrql?.results ?? [];
  const [first] = rows;
  if (first === undefined || (rows.length === 1 && Object.keys(first).length === 0)) {
    throw new Error(`${answer.host} found no rows`);
  }
  const value: Json = rows.length === 1 ? first : rows;
  return { kind: 'value', result: { type: 'json', value }, text: anyJson(value) };
}
