/**
 * What a Rollout that is gone has left in objects which outlive it, asked of the API server: they are watched only from
 * the first Rollout on that needs them, and this one may have been deleted while no controller ran.
 */
import { readList } from '../../clients/read-lists.ts';
import { lookupIn } from '../../core/observed/lookup.ts';
import { departures, OUTLIVING } from '../../core/traffic/routers.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import type { Resource } from '../../kube/resources.ts';
import { isAbsence } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';

interface Target {
  readonly namespace: string;
  readonly name: string;
}

/** The writes that take it out of them. Objects of a kind that is not known, or may not be read, count as not there. */
export async function departuresUnseen(
  client: Pick<Client, 'list'>,
  target: Target,
  signal: AbortSignal,
): Promise<readonly Write[]> {
  const lists = await Promise.all(
    OUTLIVING.map(async (resource) => [resource.plural, await allOf(client, resource, target, signal)] as const),
  );
  const byPlural = new Map<string, readonly KubeObject[]>(lists);
  return departures(
    lookupIn(({ plural }) => byPlural.get(plural) ?? []),
    target,
  );
}

async function allOf(
  client: Pick<Client, 'list'>,
  resource: Resource,
  { namespace }: Target,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    return await readList(client, { resource, namespace, signal });
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return [];
  }
}
