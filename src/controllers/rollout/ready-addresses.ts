/** The addresses behind the Services of a Rollout, which caches do not keep: read while it waits for proxies. */
import { endpointsText, type ReadyAddresses, type WantedOfProxies } from '../../core/traffic/wanted-of-proxies.ts';
import { SERVICE_OF_SLICE, trimEndpointSlice } from '../../kube/endpoint-slice.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ENDPOINT_SLICES } from '../../kube/resources.ts';
import type { Client } from '../../runtime/client.ts';

interface WireSlice extends KubeObject {
  readonly endpoints?:
    | readonly {
        readonly addresses?: readonly string[];
        readonly conditions?: { readonly ready?: boolean | null };
      }[]
    | null;
}

/** `null` while the API server shows other endpoints than those that are waited for. */
export async function readyAddresses(
  client: Pick<Client, 'list'>,
  { services, namespace }: Pick<WantedOfProxies, 'services' | 'namespace'>,
  signal: AbortSignal,
): Promise<ReadyAddresses | null> {
  const found = new Map<string, readonly string[]>();
  for (const { name, endpoints } of services) {
    const labelSelector = `${SERVICE_OF_SLICE}=${name}`;
    const { items } = await client.list(ENDPOINT_SLICES, { namespace, labelSelector, signal });
    const slices = items as readonly WireSlice[];
    const trimmed = slices.flatMap((slice) => trimEndpointSlice(slice).endpoints);
    if (endpointsText(trimmed) !== endpoints) return null;
    const ready = slices
      .flatMap((slice) => slice.endpoints ?? [])
      .flatMap(({ addresses = [], conditions }) => (conditions?.ready === false ? [] : addresses.slice(0, 1)));
    found.set(name, ready);
  }
  return found;
}
