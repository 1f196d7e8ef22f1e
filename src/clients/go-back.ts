/** Gives a Rollout, or the workload that holds its pod template, the template of an earlier revision. */
import { undoOf } from '../core/view/undo.ts';
import type { JsonObject } from '../kube/json.ts';
import type { ReplicaSet } from '../kube/objects.ts';
import { REPLICA_SETS } from '../kube/resources.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';
import { readList } from './read-lists.ts';
import { readTemplateOwner } from './template-owner.ts';

/** `revision` 0 stands for the last but one. `matches`: the template is that of this revision already, and nothing was changed. */
export async function goBack(
  client: Client,
  rollout: ObjectName,
  revision: number,
): Promise<{ readonly revision: number } | { readonly matches: number } | { readonly problem: string }> {
  const { namespace } = rollout;
  const [owner, replicaSets] = await Promise.all([
    readTemplateOwner(client, rollout),
    readList(client, { resource: REPLICA_SETS, ...(namespace === undefined ? {} : { namespace }) }),
  ]);
  const found = undoOf(owner.rollout, replicaSets as readonly ReplicaSet[], revision);
  if (!('template' in found)) return found;
  const value = found.template as unknown as JsonObject;
  await client.patch(owner.resource, owner.name, [{ op: 'replace', path: `/${owner.path.join('/')}`, value }]);
  return { revision: found.revision };
}
