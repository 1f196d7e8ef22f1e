/**
 * The EndpointSlice controller: one slice for every Service, with the pods that its selector matches.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Endpoint, KubeObject, Service } from '../../../src/kube/objects.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../../../src/kube/resources.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import { isLeaving, type Pod } from './pod.ts';
import type { Change, Store } from './store.ts';

/** As the API server stores it; a controller may keep less. */
export interface StoredSlice extends KubeObject {
  readonly endpoints: readonly {
    readonly targetRef: { readonly kind: string; readonly name: string };
    readonly conditions: { readonly ready: boolean; readonly terminating: boolean };
  }[];
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly pace: Pace;
}

export class EndpointController {
  readonly #options: Options;
  readonly #pending = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  #onChange({ plural, name, before, after }: Change): void {
    const { store } = this.#options;
    if (plural === SERVICES.plural) this.#refreshSoon(name);
    if (plural !== PODS.plural) return;
    for (const service of store.list<Service>(SERVICES.plural)) {
      if (matches(service, before) || matches(service, after)) this.#refreshSoon(service.metadata.name);
    }
  }

  #refreshSoon(service: string): void {
    if (this.#pending.has(service)) return;
    this.#pending.add(service);
    const { agenda, random, pace } = this.#options;
    agenda.after(drawDelay(random, pace), () => {
      this.#pending.delete(service);
      this.#refresh(service);
    });
  }

  #refresh(name: string): void {
    const { store } = this.#options;
    const service = store.get<Service>(SERVICES.plural, name);
    if (service === undefined) return;
    const endpoints = store
      .list<Pod>(PODS.plural)
      .filter((pod) => matches(service, pod))
      .map((pod) => ({
        targetRef: { kind: PODS.kind, name: pod.metadata.name },
        conditions: { ready: pod.status.ready && !isLeaving(pod), terminating: isLeaving(pod) },
      }));
    const slice = { metadata: { labels: { 'kubernetes.io/service-name': name } }, endpoints };
    const body = slice as unknown as JsonObject;
    const answer = store.create(ENDPOINT_SLICES.plural, name, body, 'kubernetes');
    if (answer.outcome === 'exists') store.patch(ENDPOINT_SLICES.plural, name, body, 'kubernetes');
  }
}

function matches(service: Service, pod: { readonly metadata: Pod['metadata'] } | undefined): boolean {
  const labels = pod?.metadata.labels;
  return (
    labels !== undefined && Object.entries(service.spec.selector ?? {}).every(([key, value]) => labels[key] === value)
  );
}

export function endpointsOf(store: Store, service: string): readonly Endpoint[] {
  const { endpoints = [] } = store.get<StoredSlice>(ENDPOINT_SLICES.plural, service) ?? {};
  return endpoints.map(({ targetRef, conditions }) => ({ podName: targetRef.name, ...conditions }));
}
