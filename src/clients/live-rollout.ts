/** A Rollout with all that its view shows, kept up to date. */
import type { Rollout } from '../api/schema/rollout.ts';
import type { Cluster } from './cluster.ts';
import { ROLLOUT, WATCHED, watchedBeside, type Seen } from './observed.ts';
import { readRollout, readWorkload } from './read-rollout.ts';
import { LiveObjects } from './live-objects.ts';

export interface LiveRollout {
  readonly live: LiveObjects;
  /** `null` once it has been deleted. */
  readonly seen: () => Seen | null;
}

/** Throws when it is not there; a name that does not exist ends a command at once. Nothing is watched before `live` is started. */
export async function liveRollout(cluster: Cluster, name: string): Promise<LiveRollout> {
  const { client, namespace } = cluster;
  let rollout = await readRollout(client, { namespace, name });
  let workload = await readWorkload(client, rollout);
  const live = new LiveObjects({ cluster, namespace, watched: [ROLLOUT, ...WATCHED, ...watchedBeside(rollout)] });
  const seen = (): Seen | null => {
    const present = live.lookup.get<Rollout>(ROLLOUT.resource, namespace, name);
    if (present === undefined) return null;
    if (present.metadata.resourceVersion !== rollout.metadata.resourceVersion) {
      rollout = present;
      // The status follows a change of the workload, so it is read again with the status.
      void readWorkload(client, present).then(
        (read) => (workload = read),
        () => undefined,
      );
    }
    return { rollout: present, workload, lookup: live.lookup };
  };
  return { live, seen };
}
