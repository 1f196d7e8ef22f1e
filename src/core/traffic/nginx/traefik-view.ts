/**
 * Reads the whole view of one Traefik, as its API gives it at `/api/rawdata`: whether its ingress-nginx provider has
 * made of the Ingresses what they say now. The names are those that the provider of Traefik 3.7 gives.
 */
import { z } from 'zod';
import type { ReadyAddresses, WantedRoute } from '../wanted-of-proxies.ts';

const PROVIDER = '@kubernetesingressnginx';

const VIEW = z.object({ routers: z.record(z.string(), z.unknown()), services: z.record(z.string(), z.unknown()) });
const ROUTER = z.object({ service: z.string(), status: z.string() });
const BALANCER = z.object({
  status: z.string(),
  loadBalancer: z.object({
    servers: z.array(z.object({ url: z.url(), fenced: z.boolean().optional() })).optional(),
  }),
});
const WEIGHTED = z.object({
  status: z.string(),
  weighted: z.object({ services: z.array(z.object({ name: z.string(), weight: z.number() })) }),
});

export type TraefikView = z.infer<typeof VIEW>;

/** `null` for what is no such view. */
export function traefikViewOf(answer: unknown): TraefikView | null {
  return VIEW.safeParse(answer).data ?? null;
}

/** What the view does not show of the route, as the end of a sentence; `null` when it shows all. */
export function traefikLacks(view: TraefikView, route: WantedRoute, addresses: ReadyAddresses): string | null {
  // Its rules are texts that the provider composes.
  if (route.leadsByRule) return 'has rules for headers or cookies, which are not compared';
  if (route.ports.length === 0) return 'has no path for the stable Service';
  for (const port of route.ports) {
    const lack = lackOfPort(view, route, port, addresses);
    if (lack !== null) return lack;
  }
  return null;
}

function lackOfPort(view: TraefikView, route: WantedRoute, port: string, addresses: ReadyAddresses): string | null {
  const primary = normalized([route.namespace, route.name, route.stableService, port].join('-'));
  const canary = `${primary}-canary`;
  const weighted = `${primary}-wrr`;
  const led = Object.entries(view.routers).flatMap(([name, router]) => {
    if (!name.endsWith(PROVIDER)) return [];
    const { data } = ROUTER.safeParse(router);
    return data === undefined ? [] : [{ ...data, service: local(data.service) }];
  });
  if (!led.some(({ service, status }) => service === weighted && status === 'enabled'))
    return `has no route to the weighted service ${weighted}`;
  const beside = led.find(({ service }) => service === primary || service === canary);
  if (beside !== undefined) return `still has a route to ${beside.service} alone`;
  return (
    lackOfWeights(view, { weighted, primary, canary }, route) ??
    lackOfServers(view, primary, addresses.get(route.stableService)) ??
    lackOfServers(view, canary, addresses.get(route.canaryService))
  );
}

function lackOfWeights(
  { services }: TraefikView,
  { weighted, primary, canary }: { readonly weighted: string; readonly primary: string; readonly canary: string },
  { weight, weightTotal }: WantedRoute,
): string | null {
  const { data } = WEIGHTED.safeParse(services[weighted + PROVIDER]);
  if (data?.status !== 'enabled') return `does not list ${weighted} as a weighted service in force`;
  const shown = new Map(data.weighted.services.map((one) => [local(one.name), one.weight]));
  const total = Math.max(weightTotal ?? 0, 100);
  const share = Math.min(Math.max(weight, 0), total);
  return shown.size === 2 && shown.get(canary) === share && shown.get(primary) === total - share
    ? null
    : `does not show the weight ${share} of ${total} at ${weighted}`;
}

function lackOfServers(
  { services }: TraefikView,
  name: string,
  addresses: readonly string[] | undefined,
): string | null {
  const { data } = BALANCER.safeParse(services[name + PROVIDER]);
  if (data?.status !== 'enabled' || addresses === undefined) return `does not list ${name} as a service in force`;
  const { servers = [] } = data.loadBalancer;
  const shown = new Set(servers.map(({ url }) => addressOf(url)));
  const wanted = new Set(addresses);
  const same = shown.size === wanted.size && [...wanted].every((address) => shown.has(address));
  return same && servers.every(({ fenced }) => fenced !== true)
    ? null
    : `does not show the ${wanted.size} ready endpoints of ${name} alone`;
}

function local(name: string): string {
  return name.split('@')[0] ?? '';
}

/** An IPv6 address stands in brackets in a URL. */
function addressOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** As the provider makes a name of a text: runs of other characters than letters and digits become one dash. */
function normalized(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-');
}
