/** The revisions of a Rollout that are still there, as people are shown them, and the pod template of each. */
import type { PodTemplate } from '../../kube/objects.ts';
import { revisionOf } from '../observed/replica-sets.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { authoredTemplate } from './authored-template.ts';
import type { ReplicaSetView } from './replica-set.ts';
import { replicaSetViews } from './revisions.ts';
import { NOTHING_AROUND } from './surroundings.ts';
import { unknownRevision } from './undo.ts';
import { situationSeen, type ViewedWorld } from './viewed-world.ts';

export interface RevisionEntry extends Omit<ReplicaSetView, 'pods'> {
  /** Why the change was made, as its author wrote it; '' where it was not. */
  readonly changeCause: string;
}

export interface RolloutHistory {
  readonly namespace: string;
  readonly name: string;
  /** The newest first. Those beyond `spec.revisionHistoryLimit` have been removed. */
  readonly revisions: readonly RevisionEntry[];
}

/** The annotation that kubectl's commands about histories read; the controller copies it from the Rollout. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** Looks at the Rollout, its workload and its ReplicaSets. */
export function historyOf(world: ViewedWorld): RolloutHistory {
  const situation = situationSeen(world);
  const { namespace, name, rollout, all } = situation;
  const causes = new Map(all.map(({ metadata }) => [metadata.name, metadata.annotations?.[CHANGE_CAUSE] ?? '']));
  const shown = replicaSetViews(situation, strategyOf(rollout).view(situation), NOTHING_AROUND);
  const revisions = shown.map(({ pods: _pods, ...one }) => ({ ...one, changeCause: causes.get(one.name) ?? '' }));
  return { namespace, name, revisions };
}

/** A sentence when there is no such revision. */
export function revisionTemplate(
  world: ViewedWorld,
  revision: number,
): { readonly template: PodTemplate } | { readonly problem: string } {
  const { all, rollout } = situationSeen(world);
  const found = all.find((one) => revisionOf(one) === revision);
  if (found === undefined) return { problem: unknownRevision(revision) };
  return { template: authoredTemplate(found, rollout.spec.template ?? {}) };
}
