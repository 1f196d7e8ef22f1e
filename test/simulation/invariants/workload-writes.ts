/**
 * What must be true of writes while a Rollout takes its template from a workload.
 */
import type { PatchWrite } from '../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, DEPLOYMENTS, INGRESSES, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import type { Deployment } from '../cluster/deployment-controller.ts';
import { isStatusWrite } from './plans.ts';
import type { Finding } from './violation.ts';
import { changeOf, replicaSetOf, selectedBy, servingPods, sizeOf, type WriteFacts } from './write-facts.ts';

const AFTERMATH_MS = 120_000;

/** A reference that leads nowhere is reported, and nothing is concluded from it: sizes and Services are kept, and an abort works. */
function nothingBeginsWithoutATemplate({ made }: WriteFacts): Finding {
  const { write, world } = made;
  const { rollout, workload } = world;
  const isUnresolved = rollout.spec.workloadRef !== undefined && (workload === null || 'missing' in workload);
  if (!isUnresolved || isStatusWrite(write)) return null;
  const isKeeping = write.op === 'patch' && (write.resource === SERVICES || isResize(write));
  const isEndOfRun = write.op === 'patch' && write.resource === ANALYSIS_RUNS;
  const isLessTraffic = write.op !== 'delete' && write.resource === INGRESSES;
  return isKeeping || isEndOfRun || isLessTraffic ? null : `${write.op} ${write.name}: ${write.why}`;
}

/** With the annotations that go with sizes. */
function isResize({ resource, patch }: PatchWrite): boolean {
  const keysOf = (part: string) => Object.keys((patch[part] ?? {}) as object);
  return resource === REPLICA_SETS && keysOf('spec').every(isSize) && keysOf('metadata').every(isAnnotation);
}

const isSize = (key: string): boolean => key === 'replicas';
const isAnnotation = (key: string): boolean => key === 'annotations';

/** Before the last one: for each pod that leaves the Deployment, one of the Rollout is available. With it: as many as the Rollout asks for. */
function deploymentGivesWayToPodsThatServe(facts: WriteFacts): Finding {
  const change = changeOf<Deployment>(facts, DEPLOYMENTS.plural);
  const { cluster, made, ledger } = facts;
  const { rollout } = made.world;
  if (change === null || change.after.spec.replicas >= change.before.spec.replicas) return null;
  if (made.author !== 'serin' || cluster.isShaken() || ledger.wasUpheaved('replicas', AFTERMATH_MS)) return null;
  const own = servingPods(cluster, replicaSetOf(cluster, rollout.status?.currentPodHash ?? ''));
  const left = change.after.spec.replicas;
  if (left === 0 && own === 0) return 'the last pods of the Deployment go, and none of the Rollout is available';
  const before = change.before.spec.replicas;
  const least = left === 0 ? sizeOf(rollout) : Math.min(Math.max(sizeOf(rollout), before), before + own);
  return own + left >= least
    ? null
    : `${own} pods of the Rollout and ${left} of the Deployment, and ${least} have to stay`;
}

/** The last pods of the Deployment are removed when the stable Service leads to the Rollout's. */
function lastPodsGoAfterTheSelector(facts: WriteFacts): Finding {
  const change = changeOf<Deployment>(facts, DEPLOYMENTS.plural);
  const { cluster, made } = facts;
  if (change === null || change.after.spec.replicas > 0 || made.author !== 'serin') return null;
  const { stableService = '' } = made.world.rollout.spec.strategy?.canary ?? {};
  if (stableService === '' || facts.ledger.wasUpheaved('selector')) return null;
  return selectedBy(cluster, stableService) === '' ? `${stableService} still selects every pod` : null;
}

export const workloadWriteInvariants = {
  nothingBeginsWithoutATemplate,
  deploymentGivesWayToPodsThatServe,
  lastPodsGoAfterTheSelector,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
