/**
 * The proxy: what it knows of canary weights and of the endpoints behind each Service, which is what
 * the API said a while ago. Requests go by this view and not by the API.
 */
import { NGINX_ANNOTATION_PREFIX as PREFIX, NGINX_CANARY_ANNOTATIONS as KEY } from '../../../src/api/words/labels.ts';
import type { Ingress } from '../../../src/kube/objects.ts';
import { ENDPOINT_SLICES, INGRESSES } from '../../../src/kube/resources.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import type { StoredSlice } from './endpoint-controller.ts';
import type { Change, Store } from './store.ts';

/** What a canary Ingress asks the proxy for. */
export interface CanaryRule {
  readonly service: string;
  readonly weight: number;
  readonly total: number;
  readonly hasHeader: boolean;
  readonly hasCookie: boolean;
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly ingressPace: Pace;
  readonly endpointPace: Pace;
  readonly onNews: () => void;
}

export class Proxy {
  readonly #options: Options;
  readonly #endpoints = new Map<string, readonly string[]>();
  readonly #canaries = new Map<string, CanaryRule>();
  readonly #lastDue = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  /** Names of the pods that requests to the Service are sent to; `undefined` when the proxy has never heard of it. */
  podsBehind(service: string): readonly string[] | undefined {
    return this.#endpoints.get(service);
  }

  canaryRules(): readonly CanaryRule[] {
    return [...this.#canaries.values()];
  }

  #onChange({ plural, name, after }: Change): void {
    const { endpointPace, ingressPace } = this.#options;
    if (plural === ENDPOINT_SLICES.plural) {
      this.#later(`${plural}/${name}`, endpointPace, () => this.#learnEndpoints(name, after as StoredSlice));
    }
    if (plural === INGRESSES.plural) {
      this.#later(`${plural}/${name}`, ingressPace, () => this.#learnIngress(name, after));
    }
  }

  /** News about one object never overtakes older news about it. */
  #later(key: string, pace: Pace, learn: () => void): void {
    const { agenda, random, onNews } = this.#options;
    const due = Math.max(agenda.now + drawDelay(random, pace), this.#lastDue.get(key) ?? 0);
    this.#lastDue.set(key, due);
    agenda.after(due - agenda.now, () => {
      learn();
      onNews();
    });
  }

  #learnEndpoints(service: string, slice: StoredSlice): void {
    const ready = slice.endpoints.filter(({ conditions }) => conditions.ready);
    this.#endpoints.set(
      service,
      ready.map(({ targetRef }) => targetRef.name),
    );
  }

  #learnIngress(name: string, ingress: Ingress | undefined): void {
    const rule = ingress === undefined ? null : canaryRuleOf(ingress);
    if (rule === null) this.#canaries.delete(name);
    else this.#canaries.set(name, rule);
  }
}

/** What an Ingress asks for as a canary; `null` when it is none. */
export function canaryRuleOf(ingress: Ingress): CanaryRule | null {
  const annotations = ingress.metadata.annotations ?? {};
  if (annotations[`${PREFIX}/${KEY.canary}`] !== 'true') return null;
  const services = (ingress.spec?.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).map((path) => path.backend.service?.name ?? ''),
  );
  return {
    service: services[0] ?? '',
    weight: Number(annotations[`${PREFIX}/${KEY.weight}`] ?? 0),
    total: Number(annotations[`${PREFIX}/${KEY.weightTotal}`] ?? 100),
    hasHeader: annotations[`${PREFIX}/${KEY.byHeader}`] !== undefined,
    hasCookie: annotations[`${PREFIX}/${KEY.byCookie}`] !== undefined,
  };
}
