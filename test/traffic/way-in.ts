/**
 * How clients come to the Services of a Rollout, by what the proxy reads: through an Ingress, or through an HTTPRoute of
 * its Gateway. The scenarios are the same.
 */
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import { ingress, path, service } from '../apiserver/manifests.ts';
import type { Session } from '../apiserver/session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { GATEWAY } from '../testbed/data-plane/gateway.ts';
import type { Proxy } from '../testbed/data-plane/proxy.ts';

/** What an Ingress or a route may be edited to. */
interface Wanted {
  readonly hosts: readonly string[];
  /** Both lead to the same Services. */
  readonly paths: readonly string[];
}

interface WayIn {
  /** What leads from this host to the Service of the name; where a canary shall get a share, to its Service as well. */
  way(name: string, host: string): object;
  /** A route names both Services of a Rollout, and of any other thing only one. */
  plainWay(name: string, host: string): object;
  /** How a Rollout names its way. */
  trafficRouting(name: string): TrafficRouting;
  /** A person changes the way while a release goes on. */
  edit(session: Session, name: string, wanted: Wanted): Promise<void>;
  /** All that leads to the canary has so many hosts. */
  untilHosts(session: Session, name: string, count: number): Promise<void>;
}

const byIngress: WayIn = {
  way: (name, host) => ingress(name, { rules: [ruleOf(name, host, ['/'])] }),
  plainWay: (name, host) => byIngress.way(name, host),
  trafficRouting: (name) => ({ nginx: { stableIngress: name } }),
  async edit(session, name, { hosts, paths }) {
    await session.apply(ingress(name, { rules: hosts.map((host) => ruleOf(name, host, paths)) }));
  },
  async untilHosts(session, _name, count) {
    await waitFor(() => session.list('ingresses'), {
      what: `both Ingresses to have ${count} hosts`,
      until: (all) => all.length === 2 && all.every(({ spec }) => spec?.rules?.length === count),
    });
  },
};

const byRoute: WayIn = {
  way: (name, host) => routeOf(name, host, [backend(name, 100), backend(`${name}-canary`, 0)]),
  plainWay: (name, host) => routeOf(name, host, [backend(name, 1)]),
  trafficRouting: (name) => ({ gatewayAPI: { httpRoute: name } }),
  /** As with an editor: what is there stays, weights included, and a further path is a copy of the first rule. */
  async edit(session, name, { hosts, paths }) {
    const { spec } = await session.get('httproutes', name);
    const [first] = spec?.rules ?? [];
    const rules = paths.map((value) => ({ ...first, matches: [{ path: { type: 'PathPrefix', value } }] }));
    const patch = { spec: { hostnames: hosts, rules } };
    await session.client.patch(`${session.pathOf('httproutes')}/${name}`, 'merge', patch);
  },
  async untilHosts(session, name, count) {
    const { spec } = await session.get('httproutes', name);
    const { hostnames = [] } = (spec ?? {}) as { readonly hostnames?: readonly string[] };
    if (hostnames.length !== count) throw new Error(`the route has ${hostnames.length} hosts, not ${count}`);
  },
};

export function wayInOf({ reads }: Pick<Proxy, 'reads'>): WayIn {
  return reads === 'routes' ? byRoute : byIngress;
}

/** The two Services of a Rollout behind a router. */
export function servicesOf(name: string): readonly object[] {
  return [service(name, name), service(`${name}-canary`, name)];
}

function ruleOf(name: string, host: string, paths: readonly string[]) {
  return { host, http: { paths: paths.map((one) => path(one, name)) } };
}

function routeOf(name: string, host: string, backendRefs: readonly object[]): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name },
    spec: { parentRefs: [GATEWAY], hostnames: [host], rules: [{ backendRefs }] },
  };
}

function backend(name: string, weight: number): object {
  return { name, port: 80, weight };
}
