/** Watches what a recording of a Rollout is made from. */
import {
  INGRESS_CLASSES,
  CLUSTER_ANALYSIS_TEMPLATES,
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  EXPERIMENTS,
} from '../kube/resources.ts';
import type { Cluster } from './cluster.ts';
import { LiveObjects } from './live-objects.ts';
import { readRollout } from './read-rollout.ts';
import { RolloutRecord } from './record-rollout.ts';
import { recordedObjects } from './recorded-objects.ts';

export interface LiveRecord {
  readonly live: LiveObjects;
  readonly record: RolloutRecord;
  /** What may not be read, and why. */
  readonly notRead: readonly string[];
}

/** Without these a decision is made from less, and says so; without any other it would be wrong. */
const DISPENSABLE: readonly string[] = [
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  EXPERIMENTS,
  INGRESS_CLASSES,
].map(({ plural }) => plural);

/** `live` has been started. Throws when there is no such Rollout, or when too little may be read; then nothing is watched any more. */
export async function liveRecord(cluster: Cluster, name: string): Promise<LiveRecord> {
  const { client, clock, namespace } = cluster;
  const watched = recordedObjects(await readRollout(client, { namespace, name }));
  const live = new LiveObjects({ cluster, namespace, watched });
  const resources = watched.map(({ resource }) => resource);
  let record: RolloutRecord | null = null;
  live.onEvent((resource, event) => record?.note({ resource, event, arrivedAt: clock.now() }));
  try {
    await live.start();
    const { unreadable } = live;
    for (const [plural, why] of unreadable)
      if (!DISPENSABLE.includes(plural)) throw new Error(`without ${plural} nothing can be recorded. ${why}`);
    record = new RolloutRecord({ namespace, name, resources, unreadable });
    // Nothing can happen in between: what comes from here on is noted.
    for (const resource of resources) record.begin(resource, live.all(resource));
    return { live, record, notRead: [...unreadable].map(([plural, why]) => `${plural}: ${why}`) };
  } catch (error) {
    await live.stop();
    throw error;
  }
}
