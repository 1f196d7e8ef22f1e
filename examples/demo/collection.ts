/**
 * Keeps a copy of one collection of the API server through a list and a watch, and lists again when the watch ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { ApiClient } from '../../test/testbed/cluster/api-client.ts';

const RELIST_DELAY_MS = 300;

export interface Query {
  readonly path: string;
  readonly fieldSelector?: string;
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

export class Collection<T extends KubeObject> {
  readonly #client: ApiClient;
  readonly #query: Query;
  readonly #changed: () => void;
  readonly #objects = new Map<string, T>();

  constructor(client: ApiClient, query: Query, changed: () => void) {
    this.#client = client;
    this.#query = query;
    this.#changed = changed;
  }

  /** By name. The map is live. */
  get objects(): ReadonlyMap<string, T> {
    return this.#objects;
  }

  /** Resolves when the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watchFrom(await this.#list(), signal);
      } catch {
        // Cut, out of date, or no API server at the moment: the next list is up to date again.
        if (!signal.aborted) await delay(RELIST_DELAY_MS);
      }
    }
  }

  async #list(): Promise<string> {
    const { metadata, items } = await this.#client.get<List<T>>(this.#path({}));
    this.#objects.clear();
    for (const item of items) this.#objects.set(item.metadata.name, item);
    this.#changed();
    return metadata.resourceVersion;
  }

  async #watchFrom(resourceVersion: string, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of this.#client.watch<T>(
      this.#path({ watch: 'true', resourceVersion }),
      signal,
    )) {
      if (type === 'ERROR') return;
      if (type === 'DELETED') this.#objects.delete(object.metadata.name);
      else this.#objects.set(object.metadata.name, object);
      this.#changed();
    }
  }

  #path(parameters: Readonly<Record<string, string>>): string {
    const { path, fieldSelector } = this.#query;
    return `${path}?${new URLSearchParams({ ...(fieldSelector === undefined ? {} : { fieldSelector }), ...parameters }).toString()}`;
  }
}
