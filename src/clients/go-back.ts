/** Gives a Rollout, or the workload that holds its pod template, the template of an earlier revision. */
import { undoOf, type Undo } from '../core/view/undo.ts';
import type { JsonObject } from '../kube/json.ts';
import type { ReplicaSet } from '../kube/objects.ts';
import { REPLICA_SETS } from '../kube/resources.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';
import { readList } from './read-lists.ts';
import { readTemplateOwner, type TemplateOwner } from './template-owner.ts';

export interface WayBack {
  readonly owner: TemplateOwner;
  readonly found: Undo;
}

/** `revision` 0 stands for the last but one. */
export async function findWayBack(client: Client, rollout: ObjectName, revision: number): Promise<WayBack> {
  const { namespace } = rollout;
  const [owner, replicaSets] = await Promise.all([
    readTemplateOwner(client, rollout),
    readList(client, { resource: REPLICA_SETS, ...(namespace === undefined ? {} : { namespace }) }),
  ]);
  return { owner, found: undoOf(owner.rollout, replicaSets as readonly ReplicaSet[], revision) };
}

/** Changes nothing unless an earlier template was found. */
export async function goBack(client: Client, { owner, found }: WayBack): Promise<void> {
  if (!('template' in found)) return;
  const value = found.template as unknown as JsonObject;
  await client.patch(owner.resource, owner.name, [{ op: 'replace', path: `/${owner.path.join('/')}`, value }]);
}
