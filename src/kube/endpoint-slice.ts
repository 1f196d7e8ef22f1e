/** What is kept of an EndpointSlice, and which Service it belongs to. */
import { objectKey } from './object-key.ts';
import type { Endpoint, EndpointSlice, KubeObject } from './objects.ts';

/** The label under which the endpoint controller names the Service of a slice. */
export const SERVICE_OF_SLICE = 'kubernetes.io/service-name';

/** The Service that a slice belongs to, as `namespace/name`; `undefined` for a slice that names none. */
export function serviceKeyOf({ metadata }: EndpointSlice): string | undefined {
  const service = metadata.labels?.[SERVICE_OF_SLICE] ?? '';
  return service === '' ? undefined : objectKey(metadata.namespace ?? '', service);
}

interface WireEndpoint {
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
  readonly conditions?: { readonly ready?: boolean | null; readonly terminating?: boolean | null };
}

export function trimEndpointSlice(object: KubeObject): EndpointSlice {
  const { endpoints } = object as { endpoints?: readonly WireEndpoint[] | null };
  const { name, namespace, uid, resourceVersion, labels } = object.metadata;
  const service = labels?.[SERVICE_OF_SLICE];
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      ...(service === undefined ? {} : { labels: { [SERVICE_OF_SLICE]: service } }),
    },
    endpoints: (endpoints ?? []).map(trimEndpoint),
  };
}

function trimEndpoint({ targetRef, conditions }: WireEndpoint): Endpoint {
  return {
    ...(targetRef?.kind === 'Pod' && targetRef.name !== undefined ? { podName: targetRef.name } : {}),
    // The API says: unknown readiness is to be taken for ready.
    ready: conditions?.ready ?? true,
    terminating: conditions?.terminating ?? false,
  };
}
