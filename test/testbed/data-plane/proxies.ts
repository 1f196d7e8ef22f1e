/** The proxies that the data plane can have, each as people run it: their names, where they come from, how they start. */
import type { ControlPlane } from '../cluster/control-plane.ts';
import { findOrBuildIngressNginx } from './ingress-nginx/programs.ts';
import { startIngressNginx } from './ingress-nginx/start.ts';
import type { Proxy } from './proxy.ts';
import { findOrBuildTraefik } from './traefik-binary.ts';
import { startTraefik } from './traefik.ts';

export const PROXY_NAMES = ['traefik', 'ingress-nginx'] as const;
export type ProxyName = (typeof PROXY_NAMES)[number];

/** As their projects write them. */
export const PROXY_TITLES: Readonly<Record<ProxyName, string>> = {
  traefik: 'Traefik',
  'ingress-nginx': 'ingress-nginx',
};

interface BuildOptions {
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

interface StartOptions {
  /** It serves the Gateway of `gateway.ts` as well, which only Traefik can. */
  readonly gatewayApi?: boolean;
  /** It serves the objects of Traefik's own API as well, which only Traefik can. */
  readonly traefikApi?: boolean;
}

/** The one that the environment asks for with SERIN_PROXY, Traefik by default. */
export function chosenProxy(env: NodeJS.ProcessEnv = process.env): ProxyName {
  const asked = env.SERIN_PROXY ?? '';
  return asked === '' ? 'traefik' : proxyName(asked);
}

/** Throws, with the names that there are, for any other. */
export function proxyName(text: string): ProxyName {
  const name = PROXY_NAMES.find((one) => one === text);
  if (name === undefined) throw new Error(`there is no proxy ${text}, only ${PROXY_NAMES.join(' and ')}`);
  return name;
}

/** Resolves when all that it needs is on this machine; throws, with the reason, where that cannot be had. */
export async function findOrBuildProxy(name: ProxyName, options: BuildOptions = {}): Promise<void> {
  if (name === 'traefik') await findOrBuildTraefik(options);
  else await findOrBuildIngressNginx(options);
}

/** The class `nginx` exists and the proxy listens when this resolves. It ends with the control plane at the latest. */
export function startProxy(name: ProxyName, plane: ControlPlane, options: StartOptions): Promise<Proxy> {
  if (name === 'traefik') return startTraefik(plane, options);
  if (options.gatewayApi === true) throw new Error(`${name} serves no Gateway`);
  if (options.traefikApi === true) throw new Error(`${name} serves no TraefikService`);
  return startIngressNginx(plane);
}
