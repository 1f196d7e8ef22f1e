/**
 * The proxies that the data plane can have, each as people run it: their names, where they come from, how they start. Two
 * read Ingresses; of the two that serve a Gateway one is Traefik as well.
 */
import type { ControlPlane } from '../cluster/control-plane.ts';
import { findOrBuildContour } from './contour/programs.ts';
import { startContour } from './contour/start.ts';
import { findOrBuildIngressNginx } from './ingress-nginx/programs.ts';
import { startIngressNginx } from './ingress-nginx/start.ts';
import type { Proxy } from './proxy.ts';
import { findOrBuildTraefik } from './traefik-binary.ts';
import { startTraefik } from './traefik.ts';

/** Those that read Ingresses. */
export const INGRESS_PROXY_NAMES = ['traefik', 'ingress-nginx'] as const;
export type IngressProxyName = (typeof INGRESS_PROXY_NAMES)[number];

export const PROXY_NAMES = [...INGRESS_PROXY_NAMES, 'gateway-api', 'contour'] as const;
export type ProxyName = (typeof PROXY_NAMES)[number];

/** As their projects write them. */
export const PROXY_TITLES: Readonly<Record<IngressProxyName, string>> = {
  traefik: 'Traefik',
  'ingress-nginx': 'ingress-nginx',
};

interface BuildOptions {
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

interface StartOptions {
  /** It serves the objects of Traefik's own API as well, which only the Traefik of Ingresses does. */
  readonly traefikApi?: boolean;
}

/** The one that the environment asks for with SERIN_PROXY, Traefik by default. */
export function chosenProxy(env: NodeJS.ProcessEnv = process.env): ProxyName {
  const asked = env.SERIN_PROXY ?? '';
  return asked === '' ? 'traefik' : proxyName(asked);
}

/** Throws where that one reads no Ingresses. */
export function chosenIngressProxy(env: NodeJS.ProcessEnv = process.env): IngressProxyName {
  const chosen = chosenProxy(env);
  if (!readsIngresses(chosen)) throw new Error(`${chosen} reads no Ingresses`);
  return chosen;
}

export function readsIngresses(name: ProxyName): name is IngressProxyName {
  return INGRESS_PROXY_NAMES.some((one) => one === name);
}

/** Throws, with the names that there are, for any other. */
export function proxyName(text: string): ProxyName {
  const name = PROXY_NAMES.find((one) => one === text);
  if (name === undefined) throw new Error(`there is no proxy ${text}, only ${PROXY_NAMES.join(', ')}`);
  return name;
}

/** Resolves when all that it needs is on this machine; throws, with the reason, where that cannot be had. */
export async function findOrBuildProxy(name: ProxyName, options: BuildOptions = {}): Promise<void> {
  if (name === 'ingress-nginx') await findOrBuildIngressNginx(options);
  else if (name === 'contour') await findOrBuildContour(options);
  else await findOrBuildTraefik(options);
}

/**
 * The class `nginx` or the Gateway of `gateway.ts` exists, and the proxy listens, when this resolves. It ends with the
 * control plane at the latest.
 */
export function startProxy(
  name: ProxyName,
  plane: ControlPlane,
  { traefikApi = false }: StartOptions = {},
): Promise<Proxy> {
  if (traefikApi && name !== 'traefik') throw new Error(`${name} serves no TraefikService`);
  if (name === 'ingress-nginx') return startIngressNginx(plane);
  if (name === 'contour') return startContour(plane);
  return startTraefik(plane, name === 'traefik' ? 'ingresses' : 'routes', { traefikApi });
}
