/** Kayenta: starts a canary analysis, looks for its score every 15 seconds, and judges by the score. */
import { z } from 'zod';
import type { MetricProvider, Reading, UnfinishedMeasurement } from '../../core/analysis/provider.ts';
import { addressOf, below, configurationOf } from '../configuration.ts';
import { ask, type Asking } from '../http/ask.ts';
import { jsonOf, requireSuccess } from '../http/answer.ts';
import type { HttpAnswer, HttpRequest } from '../http/request.ts';
import { type Kayenta, scopesOf } from './scopes.ts';

const TIMEOUT_MS = 15_000;
const RESUME_MS = 15_000;
/** Names the analysis in the metadata of an unfinished measurement. */
const EXECUTION = 'canaryExecutionId';

const configurations = z.array(z.object({ id: z.string(), name: z.string() }));
const started = z.object({ [EXECUTION]: z.string().min(1) });
const analysis = z.object({
  complete: z.boolean(),
  result: z
    .object({
      judgeResult: z.object({ score: z.object({ score: z.number().optional() }).nullish() }).nullish(),
    })
    .nullish(),
});

export function kayentaProvider(dependencies: Asking): MetricProvider {
  const answered = async (request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const answer = await ask(dependencies, request, TIMEOUT_MS, signal);
    requireSuccess(answer);
    return answer;
  };
  return {
    measure: async (order, signal) => {
      const kayenta = configurationOf(order.metric, 'kayenta');
      const scopes = scopesOf(kayenta, order);
      const found = await answered({ url: configurationsOf(kayenta) }, signal);
      const configuration = jsonOf(found, configurations).find(({ name }) => name === kayenta.canaryConfigName);
      if (configuration === undefined) {
        throw new Error(`${found.host} has no canary configuration ${kayenta.canaryConfigName}`);
      }
      const { pass, marginal } = kayenta.threshold;
      const request = {
        method: 'POST',
        url: canaryOf(kayenta, configuration.id),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ scopes, thresholds: { pass, marginal } }),
      };
      const execution = jsonOf(await answered(request, signal), started)[EXECUTION];
      return unfinished(order.now, { [EXECUTION]: execution });
    },
    resume: async ({ metric, now }, { metadata }, signal) => {
      const kayenta = configurationOf(metric, 'kayenta');
      const execution = metadata[EXECUTION];
      if (!execution) throw new Error(`the measurement does not know its ${EXECUTION}`);
      const url = below(serverOf(kayenta), `/canary/${encodeURIComponent(execution)}`);
      const answer = await answered({ url }, signal);
      const { complete, result } = jsonOf(answer, analysis);
      if (!complete) return unfinished(now, metadata);
      const score = result?.judgeResult?.score?.score;
      if (score === undefined) throw new Error(`${answer.host} completed the analysis without a score`);
      return verdict(Math.trunc(score), kayenta, metadata);
    },
  };
}

function unfinished(now: number, metadata: UnfinishedMeasurement['metadata']): Reading {
  return { kind: 'unfinished', resumeAt: now + RESUME_MS, metadata };
}

function verdict(
  score: number,
  { threshold: { pass, marginal } }: Kayenta,
  metadata: UnfinishedMeasurement['metadata'],
): Reading {
  const phase = score >= pass ? 'Successful' : score >= marginal ? 'Inconclusive' : 'Failed';
  return { kind: 'verdict', phase, text: String(score), metadata };
}

function serverOf({ address }: Kayenta): URL {
  return addressOf(address, 'the address of Kayenta is not a URL');
}

function configurationsOf(kayenta: Kayenta): URL {
  const { application, configurationAccountName } = kayenta;
  return withQuery(below(serverOf(kayenta), '/canaryConfig'), { application, configurationAccountName });
}

function canaryOf(kayenta: Kayenta, id: string): URL {
  const { application, metricsAccountName, configurationAccountName, storageAccountName } = kayenta;
  return withQuery(below(serverOf(kayenta), `/canary/${encodeURIComponent(id)}`), {
    application,
    metricsAccountName,
    configurationAccountName,
    storageAccountName,
  });
}

function withQuery(url: URL, parameters: Readonly<Record<string, string>>): URL {
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}
