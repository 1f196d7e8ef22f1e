/** What can be asked of the pods of a proxy, and how an answer is read (ADR 29). */
import type { ReadyAddresses, WantedOfProxies, WantedRoute } from './wanted-of-proxies.ts';

/** What the view of one pod does not show of a route, as the end of a sentence; `null` when it shows all. */
export type Lacks = (route: WantedRoute, addresses: ReadyAddresses) => string | null;

export interface ProxyKind {
  readonly name: string;
  /** Where each pod gives its whole view, as JSON. */
  readonly path: string;
  /** `null` for what is no such view. */
  readonly read: (answer: unknown) => Lacks | null;
  /** From an answer until all of the pod acts on it, in milliseconds. */
  readonly marginMs: number;
}

export interface ProxyWait {
  readonly wanted: WantedOfProxies;
  /** When every proxy is sure to act on it without being asked, milliseconds since the epoch. */
  readonly until: number;
}
