/**
 * What every proxy has to show before the wait for it may end early (ADR 29): the canary annotations of each canary
 * Ingress, and the endpoints of both Services. Proxies are asked outside; here is said what for, and what it proves.
 */
import { NGINX_CANARY_ANNOTATIONS as KEY } from '../../../../api/words/labels.ts';
import { propagationTimeOf } from '../../../../api/schema/propagation-time.ts';
import type { Endpoint, Ingress, IngressPath } from '../../../../kube/objects.ts';
import { isControlledBy } from '../../../../kube/owners.ts';
import type { Situation } from '../../../observed/situation.ts';
import { classNameOf } from '../dialect.ts';
import { annotationPrefix, canaryIngressName, leadsByRule, nginxOf, stableIngressNames, weightOf } from '../ingress.ts';
import { ingressesIn } from '../observed.ts';

/** One stable Ingress and its canary. */
export interface WantedRoute {
  readonly namespace: string;
  /** Of its Ingress: says which proxies serve it. */
  readonly className: string;
  readonly stableService: string;
  readonly canaryService: string;
  /** The ports of the stable Service that its paths lead to, by name or by number, each once. */
  readonly ports: readonly string[];
  readonly weight: number;
  /** `null`: that of the proxy. */
  readonly weightTotal: number | null;
  /** Requests are led to the canary by a header or a cookie as well. */
  readonly leadsByRule: boolean;
}

export interface WantedOfProxies {
  /** What the objects say now; see {@link stateOf}. */
  readonly state: string;
  readonly namespace: string;
  /** Both Services, with their endpoints as {@link endpointsOf} gives them. */
  readonly services: readonly { readonly name: string; readonly endpoints: string }[];
  readonly routes: readonly WantedRoute[];
}

/** Addresses of the ready endpoints, by the name of the Service. */
export type ReadyAddresses = ReadonlyMap<string, readonly string[]>;

/**
 * What to ask the proxies for; `null` where the answer would change nothing or cannot be judged. A time that a person
 * has set is kept: only they know what else stands in front of the pods.
 */
export function wantedOfProxies(situation: Situation): WantedOfProxies | null {
  const { rollout, world, namespace, name } = situation;
  const { stableService = '', canaryService = '', trafficRouting } = rollout.spec.strategy?.canary ?? {};
  if (trafficRouting?.nginx === undefined || stableService === '' || canaryService === '') return null;
  if (propagationTimeOf(rollout) !== null || world.propagationMs !== null) return null;
  const nginx = nginxOf(rollout);
  const prefix = annotationPrefix(nginx);
  const routes: WantedRoute[] = [];
  for (const stableName of stableIngressNames(nginx)) {
    const stable = ingressesIn(world).get(stableName);
    const canary = ingressesIn(world).get(canaryIngressName(name, stableName));
    if (stable === undefined || canary === undefined || !isControlledBy(canary, rollout.metadata.uid)) return null;
    const total = canary.metadata.annotations?.[`${prefix}/${KEY.weightTotal}`];
    routes.push({
      namespace,
      className: classNameOf(stable),
      stableService,
      canaryService,
      ports: portsOf(stable, stableService),
      weight: weightOf(canary, prefix),
      weightTotal: total === undefined ? null : Number(total),
      leadsByRule: leadsByRule(canary, prefix),
    });
  }
  if (routes.length === 0) return null;
  const services = [stableService, canaryService].map((one) => ({
    name: one,
    endpoints: endpointsOf(world.endpoints.get(one) ?? []),
  }));
  return { state: stateOf(situation), namespace, services, routes };
}

/**
 * The versions of the Ingresses and the endpoints of both Services in one text. What proxies have shown counts only
 * while this is the same: any change begins the wait anew.
 */
export function stateOf({ world, rollout, name }: Situation): string {
  const { stableService = '', canaryService = '' } = rollout.spec.strategy?.canary ?? {};
  const versions = stableIngressNames(nginxOf(rollout))
    .flatMap((stable) => [stable, canaryIngressName(name, stable)])
    .map((one) => [one, ingressesIn(world).get(one)?.metadata.resourceVersion ?? '']);
  const endpoints = [stableService, canaryService].map((one) => endpointsOf(world.endpoints.get(one) ?? []));
  return JSON.stringify([versions, endpoints]);
}

/** Endpoints as a text: the same for the same ones, in whichever slices they are. */
export function endpointsOf(endpoints: readonly Endpoint[]): string {
  const texts = endpoints.map(({ podName = '', ready, terminating }) => `${podName} ${ready} ${terminating}`);
  return [...new Set(texts)].toSorted().join(', ');
}

/** When every proxy is sure to act on what the objects say, by what they have shown; `null` when they have not. */
export function shownSettledAt(situation: Situation): number | null {
  const { proxiesShow } = situation.world;
  return proxiesShow === undefined || proxiesShow.state !== stateOf(situation) ? null : proxiesShow.settledAt;
}

function portsOf({ spec }: Ingress, service: string): readonly string[] {
  const paths: readonly IngressPath[] = (spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
  const ports = paths.flatMap(({ backend }) => (backend.service?.name === service ? [backend.service.port] : []));
  return [...new Set(ports.map((port) => port?.name ?? String(port?.number ?? '')))];
}
