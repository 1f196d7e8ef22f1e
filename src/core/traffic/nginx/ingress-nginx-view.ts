/**
 * Reads what ingress-nginx has handed to its workers, as its status server gives it at `/configuration/backends`:
 * whether a stable Service's backend has the canary, with its share and endpoints, that the Ingresses ask for now.
 */
import { z } from 'zod';
import type { ReadyAddresses, WantedRoute } from '../wanted-of-proxies.ts';

const BACKENDS = z.array(
  z.object({
    name: z.string(),
    noServer: z.boolean().optional(),
    endpoints: z.array(z.object({ address: z.string() })).nullish(),
    alternativeBackends: z.array(z.string()).nullish(),
    trafficShapingPolicy: z.object({ weight: z.number().optional(), weightTotal: z.number().optional() }).nullish(),
  }),
);

export type IngressNginxView = z.infer<typeof BACKENDS>;

/** `null` for what is no such view. */
export function ingressNginxViewOf(answer: unknown): IngressNginxView | null {
  return BACKENDS.safeParse(answer).data ?? null;
}

/** What the view does not show of the route, as the end of a sentence; `null` when it shows all. */
export function ingressNginxLacks(
  view: IngressNginxView,
  route: WantedRoute,
  addresses: ReadyAddresses,
): string | null {
  if (route.leadsByRule) return 'has rules for headers or cookies, which are not compared';
  if (route.ports.length === 0) return 'has no path for the stable Service';
  for (const port of route.ports) {
    const stable = `${route.namespace}-${route.stableService}-${port}`;
    const canary = `${route.namespace}-${route.canaryService}-${port}`;
    const lack =
      lackOfCanary(view, stable, canary, route) ??
      lackOfEndpoints(view, stable, addresses.get(route.stableService)) ??
      lackOfEndpoints(view, canary, addresses.get(route.canaryService));
    if (lack !== null) return lack;
  }
  return null;
}

function lackOfCanary(
  view: IngressNginxView,
  stable: string,
  canary: string,
  { weight, weightTotal }: WantedRoute,
): string | null {
  const { alternativeBackends } = view.find(({ name }) => name === stable) ?? {};
  if (alternativeBackends?.length !== 1 || alternativeBackends[0] !== canary)
    return `does not list ${canary} as the one canary of ${stable}`;
  const { trafficShapingPolicy: policy, noServer } = view.find(({ name }) => name === canary) ?? {};
  const total = weightTotal ?? 100;
  return noServer === true && policy?.weight === weight && policy.weightTotal === total
    ? null
    : `does not show the weight ${weight} of ${total} at ${canary}`;
}

function lackOfEndpoints(
  view: IngressNginxView,
  name: string,
  addresses: readonly string[] | undefined,
): string | null {
  const shown = new Set(view.find((one) => one.name === name)?.endpoints?.map(({ address }) => address));
  const wanted = new Set(addresses);
  return addresses !== undefined && shown.size === wanted.size && [...wanted].every((address) => shown.has(address))
    ? null
    : `does not show the ${wanted.size} ready endpoints of ${name} alone`;
}
