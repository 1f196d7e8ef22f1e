/** What the pods of proxies have to show before a wait for them may end early (ADR 29). */
import type { Endpoint } from '../../kube/objects.ts';

/** Requests that lead to a stable and a canary Service. */
export interface WantedRoute {
  readonly namespace: string;
  /** Of the object that leads to the stable Service. */
  readonly name: string;
  /** The class of its object: says which proxies serve it. */
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
  /** What the objects say now, in one text. What proxies have shown counts only while it is the same. */
  readonly state: string;
  readonly namespace: string;
  /** Both Services, with their endpoints as {@link endpointsText} gives them. */
  readonly services: readonly { readonly name: string; readonly endpoints: string }[];
  readonly routes: readonly WantedRoute[];
}

/** Addresses of the ready endpoints, by the name of the Service. */
export type ReadyAddresses = ReadonlyMap<string, readonly string[]>;

/** Endpoints as a text: the same for the same ones, in whichever slices they are. */
export function endpointsText(endpoints: readonly Endpoint[]): string {
  const texts = endpoints.map(({ podName = '', ready, terminating }) => `${podName} ${ready} ${terminating}`);
  return [...new Set(texts)].toSorted().join(', ');
}
