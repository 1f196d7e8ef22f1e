/**
 * What to do about a ReplicaSet that already has the name that ours would get. If it has another template, the
 * collision count changes the hash, so that the next look computes another name (spec 4.4).
 */
import { LABELS } from '../../api/words/labels.ts';
import type { Plan } from '../../kube/plan.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { REPLICA_SETS } from '../../kube/resources.ts';
import { resolveTemplate } from '../observed/resolve-template.ts';
import { carriesTemplate } from '../observed/situation.ts';
import { statusPatch } from './status-patch.ts';
import type { RolloutWorld } from '../observed/world.ts';

/** `null` when it is our own, which a cache has not shown yet. */
export function collisionPlan(world: RolloutWorld, inTheWay: ReplicaSet): Plan | null {
  const resolved = resolveTemplate(world);
  if ('problem' in resolved) return null;
  const { rollout } = resolved.world;
  if (isControlledBy(inTheWay, rollout.metadata.uid) && carriesTemplate(inTheWay, rollout)) return relabelled(inTheWay);
  const collisionCount = (rollout.status?.collisionCount ?? 0) + 1;
  return {
    writes: [statusPatch(rollout, { collisionCount }, 'the name of the new ReplicaSet is taken by another template')],
  };
}

/** Caches hold only ReplicaSets with the hash label: without it, ours would never be seen again. */
function relabelled({ metadata, spec }: ReplicaSet): Plan | null {
  const hash = spec.selector.matchLabels?.[LABELS.podTemplateHash];
  if (hash === undefined || metadata.labels?.[LABELS.podTemplateHash] === hash) return null;
  return {
    writes: [
      {
        op: 'patch',
        resource: REPLICA_SETS,
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        patch: { metadata: { labels: { [LABELS.podTemplateHash]: hash } } },
        resourceVersion: metadata.resourceVersion,
        why: 'the label by which it is found was removed',
      },
    ],
  };
}
