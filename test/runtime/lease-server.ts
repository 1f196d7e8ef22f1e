/** An API server that knows only Leases, in memory, as several processes reach it. */
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { patched } from '../../src/kube/patched.ts';
import { ApiError, type ApiErrorKind } from '../../src/runtime/api-error.ts';
import type { LeaseClient } from '../../src/runtime/held-lease.ts';

export interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity: string;
    readonly leaseDurationSeconds: number;
    readonly leaseTransitions: number;
  };
}

export class LeaseServer {
  readonly #leases = new Map<string, LeaseObject>();
  #version = 0;
  /** Requests so far, by verb. */
  readonly requests = { get: 0, create: 0, patch: 0 };

  lease(name: string): LeaseObject | undefined {
    return this.#leases.get(name);
  }

  remove(name: string): void {
    this.#leases.delete(name);
  }

  /** As one process reaches it; `why` says why a request fails, if it does, and may wait before it lets it pass. */
  client(why: (name: string) => ApiErrorKind | null | Promise<null> = () => null): LeaseClient {
    const pass = async (verb: keyof LeaseServer['requests'], name: string): Promise<void> => {
      this.requests[verb] += 1;
      const kind = await why(name);
      if (kind !== null) throw errorOf(kind, `${verb} ${name}`);
    };
    return {
      get: async (_resource, { name }) => {
        await pass('get', name);
        const lease = this.#leases.get(name);
        if (lease === undefined) throw errorOf('notFound', `get ${name}`);
        return lease;
      },
      create: async (_resource, { name }, body) => {
        await pass('create', name);
        if (this.#leases.has(name)) throw errorOf('exists', `create ${name}`);
        return this.#put(name, body);
      },
      patch: async (_resource, { name }, patch) => {
        await pass('patch', name);
        const lease = this.#leases.get(name);
        if (lease === undefined) throw errorOf('notFound', `patch ${name}`);
        const body = patch as JsonObject;
        const { resourceVersion } = (body['metadata'] ?? {}) as JsonObject;
        if (resourceVersion !== undefined && resourceVersion !== lease.metadata.resourceVersion)
          throw errorOf('conflict', `patch ${name}`);
        return this.#put(name, patched(lease as unknown as JsonObject, body));
      },
    };
  }

  #put(name: string, body: JsonObject): LeaseObject {
    this.#version += 1;
    const metadata = { ...(body['metadata'] as JsonObject), resourceVersion: String(this.#version) };
    const lease = { ...body, metadata } as unknown as LeaseObject;
    this.#leases.set(name, lease);
    return lease;
  }
}

function errorOf(kind: ApiErrorKind, attempt: string): ApiError {
  return new ApiError({ kind, status: 0, reason: kind, attempt, message: kind });
}
