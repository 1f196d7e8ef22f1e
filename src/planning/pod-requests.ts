/**
 * What a pod requests of a node, as the scheduler counts it: the containers together with the sidecars, or an init
 * container with the sidecars before it where that is more, and the overhead. Requests of the pod as a whole take the
 * place of those of its containers.
 */
import type { Json, JsonObject } from '../kube/json.ts';
import type { PodTemplate } from '../kube/objects.ts';
import { quantityInNanos } from '../kube/quantity.ts';

/** By resource, in billionths of its unit. */
export type Requests = ReadonlyMap<string, bigint>;

export function podRequests({ spec = {} }: PodTemplate): Requests {
  const sidecars: Requests[] = [];
  let starting: Requests = new Map();
  for (const container of objectsIn(spec['initContainers'])) {
    const own = requestsIn(container);
    if (container['restartPolicy'] === 'Always') sidecars.push(own);
    else starting = larger(starting, summed([...sidecars, own]));
  }
  const running = summed([...objectsIn(spec['containers']).map(requestsIn), ...sidecars]);
  const needed = new Map([...larger(running, starting), ...requestsIn(spec)]);
  return summed([needed, amountsIn(spec['overhead'])]);
}

/** A limit without a request is the request. */
function requestsIn({ resources }: JsonObject): Requests {
  const { limits, requests } = (resources ?? {}) as JsonObject;
  return new Map([...amountsIn(limits), ...amountsIn(requests)]);
}

function amountsIn(amounts: Json | undefined): Requests {
  return new Map(
    Object.entries((amounts ?? {}) as JsonObject).flatMap(([resource, amount]) => {
      const nanos = typeof amount === 'string' || typeof amount === 'number' ? quantityInNanos(amount) : null;
      return nanos === null ? [] : [[resource, nanos] as const];
    }),
  );
}

function objectsIn(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? (list as readonly JsonObject[]) : [];
}

function summed(parts: readonly Requests[]): Requests {
  return parts.reduce((sum, part) => combined(sum, part, (a, b) => a + b), new Map<string, bigint>());
}

function larger(one: Requests, other: Requests): Requests {
  return combined(one, other, (a, b) => (a > b ? a : b));
}

function combined(one: Requests, other: Requests, combine: (a: bigint, b: bigint) => bigint): Requests {
  const result = new Map(one);
  for (const [resource, nanos] of other) result.set(resource, combine(result.get(resource) ?? 0n, nanos));
  return result;
}
