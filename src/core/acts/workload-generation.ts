/**
 * Records on the Rollout which generation of its workload was observed last. Clients compare it with the one in the
 * status, and wait while the two differ (spec 10.6, F.1).
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import type { Write } from '../../kube/plan.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Workload } from '../../kube/workload.ts';
import type { Situation } from '../observed/situation.ts';

/** The workload whose template is in use; `null` for a Rollout with a template of its own. */
export function workloadInUse({ rollout, world }: Situation): Workload | null {
  const { workload } = world;
  return rollout.spec.workloadRef === undefined || workload === null || 'missing' in workload ? null : workload;
}

/** The annotation is removed together with the reference. */
export function workloadGenerationWrites(situation: Situation): Write[] {
  const { rollout, namespace, name } = situation;
  const workload = workloadInUse(situation);
  const wanted = workload === null ? null : String(workload.generation);
  if ((rollout.metadata.annotations?.[ANNOTATIONS.workloadGeneration] ?? null) === wanted) return [];
  return [
    {
      op: 'patch',
      resource: ROLLOUTS,
      namespace,
      name,
      patch: { metadata: { annotations: { [ANNOTATIONS.workloadGeneration]: wanted } } },
      resourceVersion: rollout.metadata.resourceVersion,
      why: 'record the generation of the workload on the Rollout',
    },
  ];
}

export function workloadGenerationField(situation: Situation): RolloutStatus {
  const workload = workloadInUse(situation);
  return workload === null ? {} : { workloadObservedGeneration: String(workload.generation) };
}
