/** Apache SkyWalking: a query in GraphQL over the last minutes. */
import { z } from 'zod';
import type { MetricProvider } from '../core/analysis/provider.ts';
import type { Json } from '../kube/json.ts';
import { anyJson } from '../kube/typed-json.ts';
import { addressOf, below, configurationOf, durationMs } from './configuration.ts';
import { ask, type Asking } from './http/ask.ts';
import { jsonOf, noAnswer, requireSuccess } from './http/answer.ts';

const TIMEOUT_MS = 30_000;

const graphqlAnswer = z.object({
  errors: z.array(z.object({ message: z.string() })).nullish(),
  // Whatever JSON holds.
  data: z.custom<Json>().optional(),
});

export function skywalkingProvider(dependencies: Asking): MetricProvider {
  return {
    measure: async ({ metric, now }, signal) => {
      const { address = '', query = '', interval = '' } = configurationOf(metric, 'skywalking');
      const start = now - durationMs(interval, 'interval');
      const request = {
        method: 'POST',
        url: below(addressOf(address, 'the address of SkyWalking is not a URL'), '/graphql'),
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
        body: JSON.stringify({
          query,
          variables: { duration: { start: minuteText(start), end: minuteText(now), step: 'MINUTE' } },
        }),
      };
      const answer = await ask(dependencies, request, TIMEOUT_MS, signal);
      requireSuccess(answer);
      const { data = null, errors } = jsonOf(answer, graphqlAnswer);
      if (errors !== null && errors !== undefined && errors.length > 0) {
        const said = errors.map(({ message }) => message).join(', ');
        throw noAnswer(answer, said);
      }
      if (data === null) throw new Error(`${answer.host} answered without data`);
      return { kind: 'value', result: { type: 'json', value: data }, text: anyJson(data) };
    },
  };
}

/** `2026-01-02 0304`, in UTC. */
function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ').replace(':', '');
}
