/**
 * Wrong ways to take the place of a Deployment: the plan of the core with other writes than it holds. Each says which
 * invariant has to catch it.
 */
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Write } from '../../../src/kube/plan.ts';
import { DEPLOYMENTS, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import { writing, type Mutation } from './mutation.ts';

const why = 'a deliberate fault';

function isCapacity(write: Write): boolean {
  return write.resource === REPLICA_SETS;
}

/** Nothing when there is no Deployment to scale, or none of its pods is left. */
function withoutDeployment({ rollout, workload }: RolloutWorld): Write[] {
  const { workloadRef, replicas = 1 } = rollout.spec;
  if (workloadRef === undefined || workload === null || 'missing' in workload || workload.replicas === 0) return [];
  if (workloadRef.scaleDown !== 'onsuccess' || replicas === 0) return [];
  const { name = '' } = workloadRef;
  const patch = { spec: { replicas: 0 } };
  return [{ op: 'patch', resource: DEPLOYMENTS, namespace: 'shop', name, subresource: 'scale', patch, why }];
}

export const WRONG_ADOPTIONS: readonly Mutation[] = [
  writing('the pods of a Deployment go at once', 'deploymentGivesWayToPodsThatServe', (writes, world) => [
    ...writes,
    ...withoutDeployment(world),
  ]),
  writing('they go as soon as those of the Rollout are there', 'lastPodsGoAfterTheSelector', (writes, world) => {
    const gone = withoutDeployment(world);
    const isTakenOver = writes.every(({ resource }) => resource !== SERVICES);
    return isTakenOver || gone.length === 0 ? writes : [...writes.filter(isCapacity), ...gone];
  }),
  {
    name: 'they never go',
    caughtBy: 'deploymentHasGivenWay',
    decide: (world) => {
      const plan = decideRollout(world);
      const others = plan.writes.filter(({ resource }) => resource !== DEPLOYMENTS);
      return others.length === plan.writes.length ? plan : { writes: [] };
    },
  },
  writing(
    'ReplicaSets are released while nobody knows the selector',
    'nothingBeginsWithoutATemplate',
    (writes, world) =>
      world.workload !== null && 'missing' in world.workload
        ? world.replicaSets.map(({ metadata: { name, namespace = '' } }) => ({
            op: 'patch',
            resource: REPLICA_SETS,
            namespace,
            name,
            patch: { metadata: { ownerReferences: [] } },
            why,
          }))
        : writes,
  ),
];
