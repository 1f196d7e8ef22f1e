/** How many pods a Service really reaches, as its EndpointSlices tell every proxy. */
import type { KubeObject } from '../../src/kube/objects.ts';

export interface EndpointSliceSeen extends KubeObject {
  readonly endpoints?: readonly {
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly name: string };
  }[];
}

/** Pods that are ready behind a Service; each counts once, however many slices tell of it. */
export function readyEndpoints(slices: readonly EndpointSliceSeen[], service: string): number {
  const endpoints = slices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true);
  return new Set(endpoints.map(({ targetRef }) => targetRef?.name)).size;
}
