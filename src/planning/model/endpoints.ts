/** The EndpointSlice controller of the model: one slice for every Service, with the pods that it selects at this moment. */
import type { Pod, Service } from '../../kube/objects.ts';
import { SERVICE_OF_SLICE } from '../../kube/endpoint-slice.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../../kube/resources.ts';
import { isReady } from './replica-sets.ts';
import type { Store } from './store.ts';

export function settleEndpoints(store: Store): void {
  const pods = store.list<Pod>(PODS);
  for (const service of store.list<Service>(SERVICES)) {
    const { name, namespace = '' } = service.metadata;
    const endpoints = pods
      .filter((pod) => selects(service, pod))
      .map((pod) => ({ podName: pod.metadata.name, ready: isReady(pod), terminating: false }));
    const slice = { metadata: { labels: { [SERVICE_OF_SLICE]: name } }, endpoints };
    if (store.create(ENDPOINT_SLICES, namespace, name, slice) === 'exists') store.patch(ENDPOINT_SLICES, name, slice);
  }
}

/** Endpoints of a Service without a selector are the business of another program. */
function selects({ spec: { selector = {} } }: Service, { metadata: { labels = {} } }: Pod): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
