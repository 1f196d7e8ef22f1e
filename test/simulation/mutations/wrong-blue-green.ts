/**
 * Wrong ways to decide about blue-green: beliefs that skip the gate, and writes that the core would not
 * make. Each says which invariant has to catch it.
 */
import type { BlueGreenStrategy } from '../../../src/api/schema/blue-green.ts';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Plan, Write } from '../../../src/kube/plan.ts';
import { ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import { replicaSetOf, resize, select, sizeOf, type Mutation } from './mutation.ts';

/** The plan of the core for a blue-green Rollout, altered; a canary is decided about as it should be. */
function altering(
  name: string,
  caughtBy: string,
  alter: (plan: Plan, world: RolloutWorld, strategy: BlueGreenStrategy) => Plan,
): Mutation {
  return {
    name: `blue-green: ${name}`,
    caughtBy,
    decide: (world) => {
      const strategy = world.rollout.spec.strategy?.blueGreen;
      const plan = decideRollout(world);
      return strategy === undefined ? plan : alter(plan, world, strategy);
    },
  };
}

function statusOf({ rollout }: RolloutWorld) {
  return rollout.status ?? {};
}

function isUpdating(world: RolloutWorld): boolean {
  const { stableRS = '', currentPodHash } = statusOf(world);
  return stableRS !== '' && stableRS !== currentPodHash;
}

function isApproved(world: RolloutWorld): boolean {
  const { controllerPause, pauseConditions = [] } = statusOf(world);
  return controllerPause === true && pauseConditions.length === 0;
}

export const WRONG_BLUE_GREEN: readonly Mutation[] = [
  altering('nobody is asked', 'activeMovesThroughTheGate', (plan, world) => {
    if (!isUpdating(world) || statusOf(world).abort === true) return plan;
    const status = { ...statusOf(world), controllerPause: true, pauseConditions: [] };
    return decideRollout({ ...world, rollout: { ...world.rollout, status } });
  }),
  altering('the active Service moves with the first pod', 'activeMovesOnlyToWhatServes', (plan, world, strategy) => {
    const { currentPodHash = '' } = statusOf(world);
    const available = replicaSetOf(world, currentPodHash)?.status?.availableReplicas ?? 0;
    if (!isUpdating(world) || available === 0) return plan;
    return { ...plan, writes: [...select(world, strategy.activeService, currentPodHash), ...plan.writes] };
  }),
  altering('what was approved is forgotten', 'approvalIsKept', (plan, world) => {
    if (!isApproved(world) || !isUpdating(world) || plan.writes.length > 0) return plan;
    const { namespace = '', name, resourceVersion } = world.rollout.metadata;
    const patch = { status: { controllerPause: null } };
    const why = 'a deliberate fault';
    const write: Write = {
      op: 'patch',
      resource: ROLLOUTS,
      namespace,
      name,
      subresource: 'status',
      patch,
      resourceVersion,
      why,
    };
    return { ...plan, writes: [write] };
  }),
  altering('the stable revision gives way to a preview', 'stableStaysWhole', (plan, world) => {
    const stable = replicaSetOf(world, statusOf(world).stableRS);
    if (!isUpdating(world) || stable === undefined || sizeOf(stable) < 2) return plan;
    return { ...plan, writes: [resize(stable, sizeOf(stable) - 1), ...plan.writes] };
  }),
  altering('former revisions do not wait', 'formerRevisionsKeepTheirDelay', (plan, world) => {
    if (isUpdating(world) || plan.writes.length > 0) return plan;
    const waiting = world.replicaSets.filter(
      (one) => one.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined && sizeOf(one) > 0,
    );
    return { ...plan, writes: waiting.map((one) => resize(one, 0)) };
  }),
  altering('the preview stays where it was', 'servicesLeadWhereTheStatusSays', (plan, _world, strategy) => ({
    ...plan,
    writes: plan.writes.filter(
      (write) => write.resource.plural !== SERVICES.plural || write.name !== strategy.previewService,
    ),
  })),
  altering('it does not come back when a time is over', 'timedPromotionsHappen', ({ writes }) => ({ writes })),
];
