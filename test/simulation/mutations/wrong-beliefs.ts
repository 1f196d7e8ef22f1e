/**
 * Wrong ways to decide, of the first kind: the core itself, on a world that is not as it is shown to it.
 * Each says which invariant has to catch it.
 */
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import type { Endpoint } from '../../../src/kube/objects.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { withIngresses } from '../../core/routed-ingresses.ts';
import { hashOf } from '../cluster/pod.ts';
import { FOREIGN_CANARY } from '../scenario/surroundings.ts';
import { canaryIngresses, canaryStrategyOf, sizeOf, weighted, type Mutation } from './mutation.ts';

function believing(name: string, caughtBy: string, lie: (world: RolloutWorld) => RolloutWorld): Mutation {
  return { name, caughtBy, decide: (world) => decideRollout(lie(world)) };
}

function withStatus(world: RolloutWorld, status: RolloutStatus): RolloutWorld {
  return { ...world, rollout: { ...world.rollout, status } };
}

function statusOf(world: RolloutWorld): RolloutStatus {
  return world.rollout.status ?? {};
}

/** The Service as if its endpoints had followed its selector already. */
function withEndpointsOf(world: RolloutWorld, service: string | undefined): RolloutWorld {
  if (service === undefined) return world;
  const hash = world.services.get(service)?.spec.selector?.[LABELS.podTemplateHash];
  if (hash === undefined) return world;
  const pods = world.pods.filter((pod) => hashOf(pod) === hash);
  const endpoints = pods.map((pod): Endpoint => ({ podName: pod.metadata.name, ready: true, terminating: false }));
  return { ...world, endpoints: new Map([...world.endpoints, [service, endpoints]]) };
}

const HOUR_MS = 3_600_000;

export const WRONG_BELIEFS: readonly Mutation[] = [
  believing('the stable Service reaches what it selects', 'weightFallsOnlyOntoAServingStable', (world) =>
    withEndpointsOf(world, canaryStrategyOf(world).stableService),
  ),
  believing('the canary Service reaches what it selects', 'weightRisesOnlyOntoAReadyCanary', (world) =>
    withEndpointsOf(world, canaryStrategyOf(world).canaryService),
  ),
  believing('pods that were asked for are available', 'selectorsMoveOnlyToServingPods', (world) => ({
    ...world,
    replicaSets: world.replicaSets.map((one) => ({
      ...one,
      status: { ...one.status, availableReplicas: sizeOf(one) },
    })),
  })),
  believing('a status without a stable revision means that nobody serves', 'firstDeploysReplaceNobody', (world) => {
    const { canary } = situationOf(world);
    const isKnown = world.replicaSets.some((one) => hashOf(one) === statusOf(world).stableRS);
    return isKnown || canary === null ? world : { ...world, replicaSets: [canary] };
  }),
  believing('nobody aborts', 'abortEndsOnStable', (world) => {
    const { abort: _overlooked, ...status } = statusOf(world);
    return withStatus(world, status);
  }),
  believing('nobody promotes in full', 'fullPromotionIsObeyedOrOvertaken', (world) => {
    const { promoteFull, ...status } = statusOf(world);
    return promoteFull === true ? withStatus(world, { ...status, promoteFull: false }) : world;
  }),
  believing('nobody resumes', 'resumeIsObeyedOrOvertaken', (world) => {
    const { controllerPause: _forgotten, ...status } = statusOf(world);
    return (status.pauseConditions ?? []).length === 0 ? withStatus(world, status) : world;
  }),
  believing('pauses began an hour before they did', 'stepsMoveOneByOne', (world) => {
    const pauseConditions = statusOf(world).pauseConditions?.map((one) => ({
      ...one,
      startTime: formatTime(Date.parse(one.startTime) - HOUR_MS),
    }));
    return pauseConditions === undefined ? world : withStatus(world, { ...statusOf(world), pauseConditions });
  }),
  believing('the user pauses when the steps are done', 'everyRolloutCanBeFinished', (world) => {
    const { rollout } = world;
    const count = canaryStrategyOf(world).steps?.length ?? 0;
    const isLast =
      statusOf(world).currentStepIndex === count && statusOf(world).stableRS !== statusOf(world).currentPodHash;
    return isLast ? { ...world, rollout: { ...rollout, spec: { ...rollout.spec, paused: true } } } : world;
  }),
  believing('after a promotion no weight is left', 'promotedMeansNoTrafficToACanary', (world) => {
    const { stableRS, currentPodHash } = statusOf(world);
    if (stableRS !== currentPodHash) return world;
    const without = canaryIngresses(world).map((one) => weighted(one, 0));
    return withIngresses(world, [...ingressesIn(world).values(), ...without]);
  }),
  believing('every proxy hears at once', 'podsOutliveTheirTraffic', (world) => ({ ...world, propagationMs: 0 })),
  believing('no other canary Ingress is there', 'weightRisesOnlyWhereItActs', (world) => {
    const others = [...ingressesIn(world).values()].filter(({ metadata }) => metadata.name !== FOREIGN_CANARY);
    return withIngresses(world, others);
  }),
];
