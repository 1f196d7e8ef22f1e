/** Reads once what the history of a Rollout is made from. */
import { bareWorld } from '../core/view/bare-world.ts';
import type { ViewedWorld } from '../core/view/viewed-world.ts';
import { LABELS } from '../api/words/labels.ts';
import type { ReplicaSet } from '../kube/objects.ts';
import { REPLICA_SETS } from '../kube/resources.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';
import { readList } from './read-lists.ts';
import { readRollout, readWorkload } from './read-rollout.ts';

/** Without the right to list ReplicaSets it throws: an empty history would be wrong. */
export async function readRevisions(client: Client, object: ObjectName, now: number): Promise<ViewedWorld> {
  const { namespace = '' } = object;
  const [rollout, replicaSets] = await Promise.all([
    readRollout(client, object),
    readList(client, { resource: REPLICA_SETS, namespace, labelSelector: LABELS.podTemplateHash }),
  ]);
  const workload = await readWorkload(client, rollout);
  return { ...bareWorld(rollout, now), workload, replicaSets: replicaSets as readonly ReplicaSet[] };
}
