/**
 * Reads once what a view of a Rollout shows: one request for each kind of object, all at once. What reads the answers,
 * the definitions of the API above all, is loaded while they are on their way; it takes as long as they do.
 */
import type { Rollout } from '../api/schema/rollout.ts';
import type { Lookup } from '../core/observed/lookup.ts';
import type { KubeObject } from '../kube/objects.ts';
import { ROLLOUTS } from '../kube/resources.ts';
import { AROUND } from './around.ts';
import type { Cluster } from './cluster.ts';
import type { Seen } from './observed.ts';
import { readListIfAllowed } from './read-lists.ts';

type Note = (text: string) => void;

export async function readSeen({ client, namespace }: Cluster, name: string, note: Note): Promise<Seen> {
  const [json, lookup, { rolloutOf, readWorkload }] = await Promise.all([
    client.get(ROLLOUTS, { namespace, name }),
    readLookup({ client, namespace }, note),
    requestsAreSent().then(() => import('./read-rollout.ts')),
  ]);
  const rollout = rolloutOf(json, name);
  const [workload, routed] = await Promise.all([
    readWorkload(client, rollout),
    withRouted({ client, namespace }, rollout, lookup, note),
  ]);
  return { rollout, workload, lookup: routed };
}

/** Few clusters have routes, and few people may read those that are not in use: they are read for a Rollout that has some. */
async function withRouted(
  { client, namespace }: Pick<Cluster, 'client' | 'namespace'>,
  rollout: Rollout,
  lookup: Lookup,
  note: Note,
): Promise<Lookup> {
  const { watchedBeside, withLists } = await import('./observed.ts');
  const lists = watchedBeside(rollout).map(async ({ resource }): Promise<[string, readonly KubeObject[]]> => {
    return [resource.plural, await readListIfAllowed(client, { resource, namespace }, note)];
  });
  return withLists(lookup, new Map(await Promise.all(lists)));
}

/** All that may belong to a Rollout or an Experiment of the namespace. */
export async function readLookup(
  { client, namespace }: Pick<Cluster, 'client' | 'namespace'>,
  note: Note,
): Promise<Lookup> {
  const [{ readableIn }, ...lists] = await Promise.all([
    requestsAreSent().then(() => import('./observed.ts')),
    ...AROUND.map(async ({ resource, ...query }): Promise<readonly [string, readonly KubeObject[]]> => {
      return [resource.plural, await readListIfAllowed(client, { resource, ...query, namespace }, note)];
    }),
  ]);
  return readableIn(new Map(lists));
}

/** A module that is loaded at once would hold up what has been asked for just now. */
function requestsAreSent(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
