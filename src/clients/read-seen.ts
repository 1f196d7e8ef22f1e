/** Reads once what a view of a Rollout shows: one request for each kind of object, all at once. */
import type { Cluster } from './cluster.ts';
import { lookupInLists, WATCHED, watchedBeside, type Seen, type Watched } from './observed.ts';
import { readListIfAllowed } from './read-lists.ts';
import { readRollout, readWorkload } from './read-rollout.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Lookup } from '../core/observed/lookup.ts';

type Note = (text: string) => void;
type Place = Pick<Cluster, 'client' | 'namespace'>;

export async function readSeen({ client, namespace }: Cluster, name: string, note: Note): Promise<Seen> {
  const [rollout, lists] = await Promise.all([
    readRollout(client, { namespace, name }),
    readLists({ client, namespace }, WATCHED, note),
  ]);
  // Few clusters have routes, and few people may read those that are not in use.
  const routed = await readLists({ client, namespace }, watchedBeside(rollout), note);
  const lookup = lookupInLists(new Map([...lists, ...routed]));
  return { rollout, workload: await readWorkload(client, rollout), lookup };
}

/** All that may belong to an Experiment of the namespace. */
export async function readLookup(cluster: Place, note: Note): Promise<Lookup> {
  return lookupInLists(new Map(await readLists(cluster, WATCHED, note)));
}

function readLists(
  { client, namespace }: Place,
  watched: readonly Watched[],
  note: Note,
): Promise<readonly (readonly [string, readonly KubeObject[]])[]> {
  return Promise.all(
    watched.map(async ({ isReadable, ...query }) => {
      const objects = await readListIfAllowed(client, { ...query, namespace }, note);
      return [query.resource.plural, objects.filter(isReadable)] as const;
    }),
  );
}
