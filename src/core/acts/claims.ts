/**
 * Which ReplicaSets belong to a Rollout, by the rules of Kubernetes' controller references (spec 4.3):
 * orphans that match are adopted, owned ones that no longer match are released.
 */
import { LABELS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../kube/owners.ts';
import type { LabelSelector, ReplicaSet } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { REPLICA_SETS, ROLLOUTS } from '../../kube/resources.ts';
import { matchesSelector } from '../../kube/selector.ts';
import { isTerminating } from '../../kube/terminating.ts';
import type { RolloutWorld } from '../observed/world.ts';

/**
 * The writes that adopt and release; empty when ownership is right. Before an adoption the Rollout is read live: with a
 * reference to a deleted or recreated Rollout the garbage collector would remove the pods. `ownSelector` is the one in
 * the Rollout's spec. A selector taken from a workload changes with the reference, so nothing is released by it, and
 * what runs keeps serving until the next release is over.
 */
export function claimWrites(world: RolloutWorld, ownSelector: LabelSelector | undefined): Write[] {
  const { rollout } = world;
  const { uid, name } = rollout.metadata;
  const namespace = rollout.metadata.namespace ?? '';
  const matches = (one: ReplicaSet, selector: LabelSelector | undefined) =>
    selector !== undefined && matchesSelector(selector, one.metadata.labels ?? {});
  const orphans = world.replicaSets.filter(
    (one) =>
      controllerOf(one) === undefined &&
      !isTerminating(one) &&
      one.metadata.labels?.[LABELS.podTemplateHash] !== undefined &&
      matches(one, rollout.spec.selector),
  );
  const strangers = world.replicaSets.filter(
    (one) => isControlledBy(one, uid) && ownSelector !== undefined && !matches(one, ownSelector),
  );
  const writes: Write[] = [];
  if (orphans.length > 0) {
    writes.push({
      op: 'require',
      resource: ROLLOUTS,
      namespace,
      name,
      uid,
      why: 'adopt only for the Rollout that exists now',
    });
  }
  for (const one of orphans) {
    const ownerReferences = [...(one.metadata.ownerReferences ?? []), controllerReference(ROLLOUTS, name, uid)];
    const why = 'adopt an orphaned ReplicaSet that the selector matches';
    writes.push({
      ...ownerWrite(one, namespace, ownerReferences as unknown as JsonObject[], why),
      afterAll: true,
    });
  }
  for (const one of strangers) {
    const ownerReferences = (one.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
    writes.push(
      ownerWrite(
        one,
        namespace,
        ownerReferences as unknown as JsonObject[],
        'release a ReplicaSet that the selector no longer matches',
      ),
    );
  }
  return writes;
}

function ownerWrite(replicaSet: ReplicaSet, namespace: string, ownerReferences: JsonObject[], why: string): Write {
  return {
    op: 'patch',
    resource: REPLICA_SETS,
    namespace,
    name: replicaSet.metadata.name,
    patch: { metadata: { ownerReferences } },
    resourceVersion: replicaSet.metadata.resourceVersion,
    why,
  };
}
