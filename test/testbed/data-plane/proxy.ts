/** What the data plane needs of a proxy, whichever it is. */

/** A label of Ingresses that change every second: the proxy's webhook, which tries each in nginx, leaves them out. */
export const UNCHECKED = 'serin.test/unchecked';

export interface Proxy {
  readonly name: string;
  /** What it reads: Ingresses of the class `nginx`, or the HTTPRoutes of the Gateway of `gateway.ts`. */
  readonly reads: 'ingresses' | 'routes';
  /** To whom a request with a weight goes is drawn for each, or dealt out in turn, which makes a share exact. */
  readonly shares: 'drawn' | 'in turn';
  /**
   * What becomes of the share of a Service that has no ready pods: the others get it, or it is answered 503, which the
   * Gateway API asks for.
   */
  readonly emptyShare: 'passed on' | 'fails';
  /**
   * It closes kept connections when it learns of a new host or path. As browsers do, clients send what they were just
   * sending on one of those again.
   */
  readonly closesKept: boolean;
  /** Where clients connect, always on loopback. */
  readonly address: ProxyAddress;
  /** The folder of deploy/analysis-templates whose templates read its metrics; `null` where none does. */
  readonly templates: 'traefik' | 'ingress-nginx' | null;
  /** Of the proxy itself, and of every request that it did not answer well. */
  readonly logPath: string;
  /** What it counts, in the format of Prometheus, on loopback. */
  readonly metricsUrl: string;
  /** Where its own view can be asked (`--ask-proxies`): its pod and the port; `null` where it has none. */
  readonly asked: AskedAt | null;
  /**
   * The longest time that this proxy, with its default settings, may take from a write to the API until it acts on
   * it. Only after that may a test insist; whether it was so is what `pulse.ts` watches.
   */
  readonly propagationMs: number;
  readonly stop: () => Promise<void>;
}

/** In standard deviations, where each request is drawn. */
const DEVIATIONS = 5;
/** Requests that are tried again and those of others disturb the turns. */
const TOLERANCE_IN_TURN = 2;

/** By how many points a measured share may differ, so that chance alone does not make it once in a million times. */
export function toleranceOf(shares: Proxy['shares'], percent: number, requests: number): number {
  const deviation = Math.sqrt((percent * (100 - percent)) / requests);
  return shares === 'drawn' ? DEVIATIONS * deviation : TOLERANCE_IN_TURN;
}

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** A Pod object with the address of loopback stands for the process. */
interface AskedAt {
  readonly kind: 'traefik';
  readonly namespace: string;
  readonly selector: string;
  readonly port: number;
}
