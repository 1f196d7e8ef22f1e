/** `trafficRoutings` of a Kruise Rollout as Services and a router. */
import type { Refusals } from '../conversion.ts';
import { decide, note, noted, type DraftObject, type Sheet } from '../draft.ts';
import { ingressProblem } from '../ingress.ts';
import type { InputSet } from '../input.ts';
import { canaryServiceBeside } from '../services.ts';
import { OTHER_ROUTER } from '../words.ts';
import type { KruiseRouting, KruiseStrategy } from './schema.ts';

export interface Routed {
  /** Fields of the canary strategy. */
  readonly services: DraftObject;
  readonly nginx: DraftObject;
  readonly sheets: readonly Sheet[];
}

interface RoutingRequest {
  readonly strategy: KruiseStrategy;
  readonly path: string;
  readonly namespace: string | undefined;
  readonly refusals: Refusals;
}

/** `null` without a proxy. */
export function routedBy(set: InputSet, { strategy, path, namespace, refusals }: RoutingRequest): Routed | null {
  const routings = strategy.trafficRoutings ?? [];
  const [first] = routings;
  if (first === undefined) return null;
  const services = [...new Set(routings.map(({ service }) => service))];
  if (services.length > 1)
    refusals.add(path, 'a Rollout has one stable Service: all trafficRoutings must name the same');
  const ingresses = routings.flatMap((routing, index) => ingressOf(routing, `${path}[${index}]`, refusals));
  const problems = ingresses.flatMap((name) => ingressProblem(set, { name, namespace, service: first.service }) ?? []);
  const own = strategy.disableGenerateCanaryService
    ? [decide('disableGenerateCanaryService: Kruise made no Service for the canary. Here it must have one of its own.')]
    : [note('Kruise made this Service for each release. Here it stays.')];
  const canary = canaryServiceBeside(set, first.service, namespace, own);
  const [stableIngress] = ingresses;
  return {
    services: { stableService: first.service, canaryService: canary.name },
    nginx:
      ingresses.length === 1
        ? { stableIngress: noted(stableIngress ?? '', ...problems) }
        : { stableIngresses: noted(ingresses, ...problems) },
    sheets: canary.sheets,
  };
}

function ingressOf({ ingress }: KruiseRouting, path: string, refusals: Refusals): readonly string[] {
  if (ingress === undefined) {
    refusals.add(path, `no Ingress: ${OTHER_ROUTER}`);
    return [];
  }
  const { classType = 'nginx' } = ingress;
  if (classType !== 'nginx') refusals.add(`${path}.ingress.classType`, `${classType}: ${OTHER_ROUTER}`);
  return [ingress.name];
}
