/** Wavefront: of each series the point that is closest to now. */
import { z } from 'zod';
import type { MetricProvider, Reading } from '../core/analysis/provider.ts';
import { addressOf, below, configurationOf } from './configuration.ts';
import type { ProviderDependencies } from './dependencies.ts';
import { ask } from './http/ask.ts';
import { jsonOf, noAnswer, requireSuccess } from './http/answer.ts';
import type { HttpAnswer } from './http/request.ts';
import { fixedText } from './number-text.ts';
import { secretOf } from './secrets.ts';

/** Its keys are addresses, its values tokens. */
const SECRET = 'wavefront-api-tokens';
const TIMEOUT_MS = 30_000;
const DECIMALS = 2;

const chartAnswer = z.object({
  warnings: z.string().nullish(),
  errorType: z.string().nullish(),
  errorMessage: z.string().nullish(),
  timeseries: z.array(z.object({ data: z.array(z.tuple([z.number(), z.number()])).nullish() })).nullish(),
});

type Dependencies = Pick<ProviderDependencies, 'http' | 'timer' | 'readSecret' | 'controllerNamespace'>;

export function wavefrontProvider(dependencies: Dependencies): MetricProvider {
  const { readSecret, controllerNamespace } = dependencies;
  return {
    measure: async ({ metric, now }, signal) => {
      const { address = '', query = '' } = configurationOf(metric, 'wavefront');
      const tokens = await secretOf(readSecret, controllerNamespace, SECRET);
      const token = Object.hasOwn(tokens, address) ? tokens[address]?.trim() : undefined;
      if (!token)
        throw new Error(`the Secret ${controllerNamespace}/${SECRET} has no token for the address of the metric`);
      const seconds = Math.floor(now / 1000);
      const answer = await ask(
        dependencies,
        { url: chartOf(address, query, seconds), headers: { authorization: `Bearer ${token}` } },
        TIMEOUT_MS,
        signal,
      );
      requireSuccess(answer);
      return readingOf(answer, seconds);
    },
  };
}

/** One point of a second's width at this time, and series that have none there: they have one close to it. */
function chartOf(address: string, query: string, seconds: number): URL {
  const base = addressOf(`https://${address}`, 'the address of Wavefront is not a host');
  const url = below(base, '/api/v2/chart/api');
  const ms = String(seconds * 1000);
  const parameters = { q: query, s: ms, e: ms, g: 's', p: '1', i: 'true' };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

interface Point {
  readonly value: number;
  /** Seconds since the epoch. */
  readonly time: number;
  /** Seconds after now. */
  readonly drift: number;
}

function readingOf(answer: HttpAnswer, seconds: number): Reading {
  const { errorType, errorMessage, warnings, timeseries } = jsonOf(answer, chartAnswer);
  if (errorType || errorMessage) {
    const said = [errorType, errorMessage].filter(Boolean).join(': ');
    throw noAnswer(answer, said);
  }
  const points = (timeseries ?? []).map(({ data }) => closest(data ?? [], seconds));
  const found = points.filter((point) => point !== null);
  const [first] = found;
  if (first === undefined) throw new Error(`${answer.host} found no series`);
  if (found.length < points.length) throw new Error(`${answer.host} found a series without points`);
  const isSingle = found.length === 1;
  const listed = (textOf: (point: Point) => string): string =>
    isSingle ? textOf(first) : `[${found.map(textOf).join(',')}]`;
  return {
    kind: 'value',
    result: isSingle
      ? { type: 'float', value: first.value }
      : { type: 'floats', values: found.map(({ value }) => value) },
    text: listed(({ value }) => fixedText(value, DECIMALS)),
    metadata: {
      timestamps: listed(({ time }) => String(time)),
      drift: listed(({ drift }) => String(drift)),
      ...(warnings ? { warnings: answer.scrub(warnings) } : {}),
    },
  };
}

/** Of two that are equally close, the earlier in the list. */
function closest(data: readonly (readonly [time: number, value: number])[], seconds: number): Point | null {
  const [first, ...others] = data;
  if (first === undefined) return null;
  const distance = ([time]: readonly [number, number]): number => Math.abs(time - seconds);
  const [time, value] = others.reduce((best, one) => (distance(one) < distance(best) ? one : best), first);
  return { value, time: Math.trunc(time), drift: Math.trunc(time - seconds) };
}
