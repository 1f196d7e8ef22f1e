/** Reads once what a view of a Rollout shows: one request for each kind of object, all at once. */
import type { Cluster } from './cluster.ts';
import { lookupInLists, WATCHED, type Seen } from './observed.ts';
import { readListIfAllowed } from './read-lists.ts';
import { readRollout, readWorkload } from './read-rollout.ts';
import type { Lookup } from '../core/observed/lookup.ts';

type Note = (text: string) => void;

export async function readSeen({ client, namespace }: Cluster, name: string, note: Note): Promise<Seen> {
  const [rollout, lookup] = await Promise.all([
    readRollout(client, { namespace, name }),
    readLookup({ client, namespace }, note),
  ]);
  return { rollout, workload: await readWorkload(client, rollout), lookup };
}

/** All that may belong to a Rollout or an Experiment of the namespace. */
export async function readLookup(
  { client, namespace }: Pick<Cluster, 'client' | 'namespace'>,
  note: Note,
): Promise<Lookup> {
  const lists = WATCHED.map(async ({ isReadable, ...query }) => {
    const objects = await readListIfAllowed(client, { ...query, namespace }, note);
    return [query.resource.plural, objects.filter(isReadable)] as const;
  });
  return lookupInLists(new Map(await Promise.all(lists)));
}
