/**
 * Plays the controller of every Gateway: it reports about each route as a real one does, and divides no request. For the
 * routes of one namespace it can be told to keep silent, or to refuse them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Route } from '../../src/kube/route.ts';
import type { ApiClient } from '../testbed/cluster/api-client.ts';

const GROUP = '/apis/gateway.networking.k8s.io/v1';
const PLURALS = ['httproutes', 'grpcroutes'] as const;
const EVERY_MS = 100;
const CONTROLLER = 'example.com/played';

/** `refuses`: with these words. */
export type Manner = 'accepts' | 'silent' | { readonly refuses: string };

export class PlayedGateway {
  readonly #client: ApiClient;
  readonly #manners = new Map<string, Manner>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #trouble: Error | null = null;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#running = this.#run();
  }

  /** From now on, for the routes of the namespace. */
  behave(namespace: string, manner: Manner): void {
    this.#manners.set(namespace, manner);
  }

  /** Rejects when its last reports could not be made. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    if (this.#trouble !== null) throw this.#trouble;
  }

  /** A definition that was established a moment ago may not be served yet, so what fails is tried again. */
  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        for (const plural of PLURALS) {
          const { items } = await this.#client.get<{ readonly items: readonly Route[] }>(`${GROUP}/${plural}`);
          for (const route of items) await this.#report(plural, route);
        }
        this.#trouble = null;
      } catch (error) {
        this.#trouble = error instanceof Error ? error : new Error(String(error));
      }
      await delay(EVERY_MS);
    }
  }

  async #report(plural: string, { metadata, spec, status }: Route): Promise<void> {
    const { namespace = '', name, generation = 0 } = metadata;
    const manner = this.#manners.get(namespace) ?? 'accepts';
    if (manner === 'silent') return;
    const isAccepted = manner === 'accepts';
    const condition = (type: string, holds: boolean) => ({
      type,
      status: holds ? 'True' : 'False',
      reason: holds ? type : 'NotAllowedByListeners',
      message: isAccepted ? '' : manner.refuses,
      observedGeneration: generation,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    const conditions = [condition('Accepted', isAccepted), condition('ResolvedRefs', true)];
    const parents = (spec?.parentRefs ?? []).map((parentRef) => ({
      parentRef,
      controllerName: CONTROLLER,
      conditions,
    }));
    if (JSON.stringify(statesOf(status?.parents)) === JSON.stringify(statesOf(parents))) return;
    const path = `${GROUP}/namespaces/${namespace}/${plural}/${name}/status`;
    await this.#client.patch(path, 'merge', { status: { parents } });
  }
}

function statesOf(parents: NonNullable<Route['status']>['parents'] = []): unknown {
  return parents.map(({ conditions = [] }) =>
    conditions.map(({ type, status, observedGeneration }) => [type, status, observedGeneration]),
  );
}
