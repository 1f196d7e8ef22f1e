/**
 * What every proxy has to show before the wait for it may end early (ADR 29): the canary annotations of each canary
 * Ingress, and the endpoints of both Services. Proxies are asked outside; here is said what for, and what it proves.
 */
import { NGINX_CANARY_ANNOTATIONS as KEY } from '../../../api/words/labels.ts';
import { propagationTimeOf } from '../../../api/schema/propagation-time.ts';
import type { Ingress, IngressPath } from '../../../kube/objects.ts';
import { isControlledBy } from '../../../kube/owners.ts';
import type { Situation } from '../../observed/situation.ts';
import { endpointsText, type WantedOfProxies, type WantedRoute } from '../wanted-of-proxies.ts';
import { classNameOf } from './dialect.ts';
import { annotationPrefix, canaryIngressName, leadsByRule, nginxOf, stableIngressNames, weightOf } from './ingress.ts';
import { ingressesIn } from './observed.ts';

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
      name: stableName,
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
    endpoints: endpointsText(world.endpoints.get(one) ?? []),
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
  const endpoints = [stableService, canaryService].map((one) => endpointsText(world.endpoints.get(one) ?? []));
  return JSON.stringify([versions, endpoints]);
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
