/**
 * Wrong ways to decide, of the second kind: the plan of the core with writes added, changed, dropped or
 * out of their order. Each says which invariant has to catch it.
 */
import { ANNOTATIONS, NGINX_ANNOTATION_PREFIX, NGINX_CANARY_ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Condition, ReplicaSet } from '../../../src/kube/objects.ts';
import type { PatchWrite, Plan, Write } from '../../../src/kube/plan.ts';
import { INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import { patched } from '../../../src/kube/patched.ts';
import { isStatusWrite, reportedStatus } from '../invariants/plans.ts';
import {
  annotate,
  canaryIngresses,
  canaryStrategyOf,
  replicaSetOf,
  resize,
  select,
  selectedBy,
  sizeOf,
  WEIGHT,
  weightOf,
  type Mutation,
} from './mutation.ts';

const why = 'a deliberate fault';

function altering(name: string, caughtBy: string, alter: (plan: Plan, world: RolloutWorld) => Plan): Mutation {
  return { name, caughtBy, decide: (world) => alter(decideRollout(world), world) };
}

/** Writes that the core would not make, before those that it does. */
function adding(name: string, caughtBy: string, writes: (world: RolloutWorld, plan: Plan) => readonly Write[]) {
  return altering(name, caughtBy, (plan, world) => ({ ...plan, writes: [...writes(world, plan), ...plan.writes] }));
}

function dropping(name: string, caughtBy: string, drops: (write: Write, world: RolloutWorld) => boolean) {
  return altering(name, caughtBy, (plan, world) => ({
    ...plan,
    writes: plan.writes.filter((write) => !drops(write, world)),
  }));
}

function changing(name: string, caughtBy: string, change: (write: Write, world: RolloutWorld) => Write) {
  return altering(name, caughtBy, (plan, world) => ({
    ...plan,
    writes: plan.writes.map((write) => change(write, world)),
  }));
}

/** Another report in place of each; one that says nothing new is not written. */
function reporting(name: string, caughtBy: string, change: (status: JsonObject, world: RolloutWorld) => JsonObject) {
  return altering(name, caughtBy, (plan, world) => ({
    ...plan,
    writes: plan.writes.flatMap((write) => {
      if (write.op !== 'patch' || !isStatusWrite(write)) return [write];
      const status = change(write.patch['status'] as JsonObject, world);
      const present = statusOf(world) as unknown as JsonObject;
      return patched(present, status) === present ? [] : [{ ...write, patch: { status } }];
    }),
  }));
}

function statusPatch({ rollout }: RolloutWorld, status: JsonObject): Write {
  const { namespace = '', name, resourceVersion } = rollout.metadata;
  const patch = { status };
  return { op: 'patch', resource: ROLLOUTS, namespace, name, subresource: 'status', patch, resourceVersion, why };
}

function statusOf({ rollout }: RolloutWorld) {
  return rollout.status ?? {};
}

function isUpdating(world: RolloutWorld): boolean {
  const { stableRS = '', currentPodHash, abort } = statusOf(world);
  return stableRS !== '' && stableRS !== currentPodHash && abort !== true;
}

function isPromoted(world: RolloutWorld): boolean {
  return statusOf(world).stableRS === statusOf(world).currentPodHash;
}

function canaryOf(world: RolloutWorld) {
  return replicaSetOf(world, statusOf(world).currentPodHash);
}

function stableOf(world: RolloutWorld) {
  return replicaSetOf(world, statusOf(world).stableRS);
}

function isRouted(world: RolloutWorld): boolean {
  return canaryStrategyOf(world).trafficRouting !== undefined;
}

function highestWeight(world: RolloutWorld): number {
  return Math.max(0, ...canaryIngresses(world).map(weightOf));
}

function isOf(write: Write, resource: { readonly plural: string }): boolean {
  return write.resource.plural === resource.plural;
}

/** A ReplicaSet's size after the write; `undefined` when it does not say. */
function sizeIn(write: Write): number | undefined {
  if (write.op !== 'patch' || !isOf(write, REPLICA_SETS)) return undefined;
  return (write.patch['spec'] as { readonly replicas?: number } | undefined)?.replicas;
}

function withoutVersion({ resourceVersion: _dropped, ...blind }: PatchWrite): PatchWrite {
  return blind;
}

function annotationsIn(body: JsonObject): JsonObject {
  return ((body['metadata'] as JsonObject | undefined)?.['annotations'] ?? {}) as JsonObject;
}

function hasDeadline(replicaSet: ReplicaSet): boolean {
  return replicaSet.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined;
}

function hasHeader(annotations: JsonObject | undefined): boolean {
  return annotations?.[`${NGINX_ANNOTATION_PREFIX}/${NGINX_CANARY_ANNOTATIONS.byHeader}`] !== undefined;
}

const MOMENT_MS = 2000;

/** Grows with every call, which nothing that the core calls may. */
let calls = 0;

const WRONG_TRAFFIC: readonly Mutation[] = [
  adding('the stable Service moves before the promotion', 'stableServiceFollowsThePromotion', (world) => {
    const canary = canaryOf(world);
    const available = canary?.status?.availableReplicas ?? 0;
    if (!isUpdating(world) || available === 0) return [];
    return select(world, canaryStrategyOf(world).stableService, statusOf(world).currentPodHash ?? '');
  }),
  altering(
    'a superseded canary keeps its requests to the last',
    'canaryServiceKeepsWhatCarriesTraffic',
    (plan, world) => {
      const { canaryService } = canaryStrategyOf(world);
      const { currentPodHash = '' } = statusOf(world);
      if (!isUpdating(world) || selectedBy(world, canaryService) === currentPodHash) return plan;
      const available = canaryOf(world)?.status?.availableReplicas ?? 0;
      const moves = available === 0 ? [] : select(world, canaryService, currentPodHash);
      return {
        ...plan,
        writes: [...plan.writes.filter((write) => !isOf(write, INGRESSES) && !isOf(write, SERVICES)), ...moves],
      };
    },
  ),
  adding('the weight rises while the rollout is aborted', 'weightsNeverRiseWhileAborted', (world) =>
    statusOf(world).abort === true
      ? canaryIngresses(world).map((one) => annotate(one, { [WEIGHT]: String(weightOf(one) + 1) }))
      : [],
  ),
  dropping('a header route is left behind', 'headerRoutesFollowThePosition', (write, world) => {
    if (write.op !== 'apply' || !isOf(write, INGRESSES)) return false;
    const present = ingressesIn(world).get(write.name);
    const isLeft = hasHeader(present?.metadata.annotations) && !hasHeader(annotationsIn(write.body));
    return isLeft && Number(annotationsIn(write.body)[WEIGHT]) === weightOf(present);
  }),
  adding('a canary that gets requests by header loses its pods', 'requestsFindAPod', (world) => {
    const canary = canaryOf(world);
    const byHeader = canaryIngresses(world).some((one) => hasHeader(one.metadata.annotations));
    return byHeader && highestWeight(world) === 0 && sizeOf(canary) > 0 && canary !== undefined
      ? [resize(canary, 0)]
      : [];
  }),
  changing('a Service is taken over and not marked', 'managedServicesSayWhoseTheyAre', (write) =>
    write.op === 'patch' && isOf(write, SERVICES) ? { ...write, patch: { spec: write.patch['spec'] ?? {} } } : write,
  ),
  dropping(
    'canary Ingresses that nobody asks for stay',
    'canaryIngressesAreThoseAskedFor',
    (write) => isOf(write, INGRESSES) && write.op === 'delete',
  ),
  adding('an annotation of the stable Ingress is removed', 'foreignAnnotationsStay', (world) => {
    const key = 'cert-manager.io/issuer';
    const stable = ingressesIn(world).get('web');
    return stable?.metadata.annotations?.[key] === undefined ? [] : [annotate(stable, { [key]: null })];
  }),
];

const WRONG_CAPACITY: readonly Mutation[] = [
  adding('the canary shrinks while its weight is in force', 'canaryKeepsItsShare', (world) => {
    const canary = canaryOf(world);
    if (canary === undefined || !isUpdating(world) || highestWeight(world) === 0) return [];
    return sizeOf(canary) > 1 ? [resize(canary, sizeOf(canary) - 1)] : [];
  }),
  adding('the stable side shrinks before its requests have left', 'stableKeepsItsShare', (world) => {
    const stable = stableOf(world);
    if (stable === undefined || !isUpdating(world) || !isRouted(world)) return [];
    return sizeOf(stable) > 2 ? [resize(stable, sizeOf(stable) - 1)] : [];
  }),
  adding('the stable side goes when the canary is complete', 'servingRevisionKeepsAPod', (world) => {
    const [stable, canary] = [stableOf(world), canaryOf(world)];
    if (stable === undefined || !isUpdating(world) || sizeOf(stable) === 0) return [];
    const complete = (canary?.status?.availableReplicas ?? 0) >= (world.rollout.spec.replicas ?? 1);
    return complete ? [resize(stable, 0)] : [];
  }),
  adding('maxUnavailable is forgotten', 'maxUnavailableHolds', (world) => {
    const stable = stableOf(world);
    if (stable === undefined || !isUpdating(world) || isRouted(world)) return [];
    return sizeOf(stable) > 1 ? [resize(stable, sizeOf(stable) - 1)] : [];
  }),
  adding('maxSurge is forgotten', 'maxSurgeHolds', (world) => {
    const canary = canaryOf(world);
    const replicas = world.rollout.spec.replicas ?? 1;
    if (canary === undefined || !isUpdating(world) || isRouted(world)) return [];
    return sizeOf(canary) < replicas ? [resize(canary, replicas)] : [];
  }),
  changing('a ReplicaSet grows whatever its size is by now', 'growthNeverShrinks', (write, world) => {
    const present = world.replicaSets.find(({ metadata }) => metadata.name === write.name);
    return write.op === 'patch' && (sizeIn(write) ?? 0) > sizeOf(present) ? withoutVersion(write) : write;
  }),
  altering('the former revision goes with the promotion', 'retiredRevisionsKeepTheirDelay', (plan, world) => {
    const former = stableOf(world);
    const promoted = reportedStatus(plan)?.stableRS;
    if (former === undefined || sizeOf(former) === 0 || promoted === undefined || !isRouted(world)) return plan;
    return { ...plan, writes: plan.writes.flatMap((one) => (isStatusWrite(one) ? [resize(former, 0), one] : [one])) };
  }),
  adding('the delay of a retired revision is not waited for', 'retiredRevisionsKeepTheirDelay', (world, plan) => {
    if (!isPromoted(world) || plan.writes.length > 0) return [];
    return world.replicaSets.filter((one) => hasDeadline(one) && sizeOf(one) > 0).map((one) => resize(one, 0));
  }),
  dropping(
    'the deadline of a retired revision is not noted',
    'everyHistoryEnds',
    (write) =>
      write.op === 'patch' &&
      isOf(write, REPLICA_SETS) &&
      typeof annotationsIn(write.patch)[ANNOTATIONS.scaleDownDeadline] === 'string',
  ),
  dropping('retired revisions stay', 'retiredRevisionsAreGone', (write, world) => {
    const { stableRS, currentPodHash } = statusOf(world);
    const isLive = [stableOf(world), canaryOf(world)].some((one) => one?.metadata.name === write.name);
    return sizeIn(write) === 0 && !isLive && stableRS === currentPodHash;
  }),
  dropping(
    'the pods of an aborted canary stay',
    'abortEndsOnStable',
    (write, world) => sizeIn(write) === 0 && statusOf(world).abort === true,
  ),
  altering('a revision that serves again keeps its deadline', 'noDeadlineIsLeftOver', (plan) => ({
    ...plan,
    writes: plan.writes.flatMap((write) => {
      const size = sizeIn(write);
      if (write.op !== 'patch' || !isOf(write, REPLICA_SETS) || size === 0) return [write];
      if (annotationsIn(write.patch)[ANNOTATIONS.scaleDownDeadline] !== null) return [write];
      return size === undefined ? [] : [{ ...write, patch: { spec: { replicas: size } } }];
    }),
  })),
  dropping('old ReplicaSets stay', 'historyIsBounded', (write) => write.op === 'delete' && isOf(write, REPLICA_SETS)),
  dropping('pods keep the metadata of a former role', 'podsWearTheirRole', (write) => isOf(write, PODS)),
  adding('pods are deleted by hand', 'podsAreLeftToTheirReplicaSets', ({ pods }) =>
    pods.slice(0, 1).map(({ metadata: { namespace = '', name, uid } }) => ({
      op: 'delete',
      resource: PODS,
      namespace,
      name,
      uid,
      why,
    })),
  ),
];

const WRONG_REPORTS: readonly Mutation[] = [
  reporting('a step is skipped', 'stepsMoveOneByOne', (status, world) => {
    const index = status['currentStepIndex'];
    const count = canaryStrategyOf(world).steps?.length ?? 0;
    return typeof index === 'number' && index > 0 && index < count
      ? { ...status, currentStepIndex: index + 1 }
      : status;
  }),
  reporting('an abort is taken back', 'abortIsObeyedOrOvertaken', (status, world) =>
    statusOf(world).abort === true ? { ...status, abort: null } : status,
  ),
  reporting('everything is called healthy', 'healthyMeansServedByTheNewRevision', (status) => ({
    ...status,
    phase: 'Healthy',
  })),
  reporting('nobody is told what it waits for', 'standstillIsExplained', (status) => {
    const conditions = status['conditions'] as readonly Condition[] | null | undefined;
    if (conditions === undefined || conditions === null) return status;
    const told = conditions.filter(({ type }) => type !== 'Blocked');
    return { ...status, conditions: told as unknown as JsonObject[] };
  }),
  // Most Rollouts never come to rest with it, and each such history is a long one.
  reporting('pods are not counted', 'statusTellsTheTruth', ({ availableReplicas: _uncounted, ...status }) => status),
  changing('the status is written whoever has written in between', 'statusWritesCarryTheirVersion', (write) => {
    return write.op === 'patch' && isStatusWrite(write) ? withoutVersion(write) : write;
  }),
  adding('a paused Rollout is unpaused', 'specIsNeverWritten', ({ rollout }) => {
    const { namespace = '', name } = rollout.metadata;
    const patch = { spec: { paused: false } };
    return rollout.spec.paused === true ? [{ op: 'patch', resource: ROLLOUTS, namespace, name, patch, why }] : [];
  }),
  altering('the status is written at every look', 'writesAreBounded', (plan, world) => {
    const restartedAt = `look at ${world.rollout.metadata.resourceVersion}`;
    return plan.writes.length > 0 ? plan : { ...plan, writes: [statusPatch(world, { restartedAt })] };
  }),
];

const WRONG_HABITS: readonly Mutation[] = [
  altering('the order of the writes is turned round', 'whatServesComesBeforeWhatLeaves', (plan) => ({
    ...plan,
    writes: plan.writes.toReversed(),
  })),
  adding('a write changes nothing', 'everyWriteChangesSomething', (world, plan) => {
    const { stableService } = canaryStrategyOf(world);
    return plan.writes.length === 0 && isPromoted(world)
      ? select(world, stableService, statusOf(world).stableRS ?? '')
      : [];
  }),
  altering('the same world gives another plan', 'sameWorldGivesTheSamePlan', (plan) => {
    calls += 1;
    return plan.requeueAfterMs === undefined ? plan : { ...plan, requeueAfterMs: plan.requeueAfterMs + calls };
  }),
  altering('it looks again at once, for nothing', 'nothingToDoMeansNoHurry', (plan) =>
    plan.writes.length === 0 ? { ...plan, requeueAfterMs: 0 } : plan,
  ),
  altering('what is put off for a moment is forgotten', 'settledWorldGivesAnEmptyPlan', (plan) =>
    (plan.requeueAfterMs ?? 0) > MOMENT_MS ? plan : { writes: plan.writes },
  ),
  altering('it never looks again by itself', 'timedPausesEnd', ({ writes }) => ({ writes })),
  altering('it gives up on a user who pauses', 'decideNeverThrows', (plan, { rollout }) => {
    if (rollout.spec.paused === true) throw new Error('There is nothing to do');
    return plan;
  }),
];

export const WRONG_WRITES: readonly Mutation[] = [
  ...WRONG_TRAFFIC,
  ...WRONG_CAPACITY,
  ...WRONG_REPORTS,
  ...WRONG_HABITS,
];
