/** Going back to the template of an earlier revision. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { byRevision, revisionOf } from '../observed/replica-sets.ts';
import { carriesTemplate } from '../observed/situation.ts';
import { authoredTemplate } from './authored-template.ts';

export type Undo =
  | { readonly template: PodTemplate; readonly revision: number }
  /** The Rollout has the template of that revision already. */
  | { readonly matches: number }
  | { readonly problem: string };

/** `rollout` has the template that it runs, also where a workload holds it; `toRevision` 0 stands for the last but one. */
export function undoOf(rollout: Rollout, replicaSets: readonly ReplicaSet[], toRevision: number): Undo {
  const own = replicaSets.filter((one) => isControlledBy(one, rollout.metadata.uid)).toSorted(byRevision);
  const target = toRevision === 0 ? own[1] : own.find((one) => revisionOf(one) === toRevision);
  if (target === undefined) {
    const problem =
      toRevision === 0 ? `no revision found for rollout "${rollout.metadata.name}"` : unknownRevision(toRevision);
    return { problem };
  }
  const revision = revisionOf(target);
  return carriesTemplate(target, rollout)
    ? { matches: revision }
    : { template: authoredTemplate(target, rollout.spec.template ?? {}), revision };
}

/** In the words that clients of this API match on. */
export function unknownRevision(revision: number): string {
  return `unable to find specified revision ${revision} in history`;
}
