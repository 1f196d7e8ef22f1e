/**
 * Blue-green Rollouts of two revisions as another controller of this API leaves them: `web:1` served first, `web:2`
 * came after it. Each function is one moment in the life of such a Rollout (spec A.13); what a test wants otherwise
 * it says.
 */
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import type { Condition } from '../../src/kube/objects.ts';
import type { InheritedRevision } from './inherited-replica-set.ts';
import {
  CANARY_HASH,
  inheritedCondition,
  STABLE_HASH,
  type Inheritance,
  type InheritedService,
} from './inherited-rollout.ts';
import { blueGreenRollout } from './manifests.ts';

/** Template hashes of the two revisions. */
export const FIRST = STABLE_HASH;
export const SECOND = CANARY_HASH;

export const LONG_AGO = '2026-01-02T03:04:05Z';
const FAR_AHEAD = '2099-01-02T03:04:05Z';

const REPLICAS = 2;

/** What the moments have in common, and differ in. */
interface Wishes {
  readonly blueGreen?: Partial<BlueGreenStrategy>;
  readonly first?: Partial<InheritedRevision>;
  readonly second?: Partial<InheritedRevision>;
  /** Hashes that the Services select, '' for none. */
  readonly active?: string;
  readonly preview?: string;
  readonly status?: RolloutStatus;
}

/** The second revision is stable, and both Services lead to it. The first one waits for its scale-down. */
export function settled(wishes: Wishes = {}, deadline = FAR_AHEAD): Inheritance {
  return twoStacks({
    active: SECOND,
    first: { annotations: waitsUntil(deadline) },
    ...wishes,
    status: {
      ...positions(SECOND, SECOND),
      phase: 'Healthy',
      conditions: [
        available(),
        inheritedCondition('Paused', 'False', 'RolloutPaused', 'Rollout is paused'),
        inheritedCondition('Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy'),
        inheritedCondition(
          'Progressing',
          'True',
          'NewReplicaSetAvailable',
          `ReplicaSet "web-${SECOND}" has successfully progressed.`,
        ),
        inheritedCondition('Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'),
      ],
      ...wishes.status,
    },
  });
}

/** All pods of the second revision are there, the preview Service leads to them, and somebody or some time has to decide. */
export function paused(wishes: Wishes = {}, startTime = LONG_AGO): Inheritance {
  return twoStacks({
    blueGreen: { autoPromotionEnabled: false },
    ...wishes,
    status: {
      ...positions(FIRST, FIRST),
      phase: 'Paused',
      message: 'BlueGreenPause',
      pauseConditions: [{ reason: 'BlueGreenPause', startTime }],
      controllerPause: true,
      conditions: [
        available(),
        inheritedCondition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy'),
        inheritedCondition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),
        inheritedCondition('Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused'),
        inheritedCondition('Paused', 'True', 'RolloutPaused', 'Rollout is paused'),
      ],
      ...wishes.status,
    },
  });
}

/** The same after the pause: what it waited for has happened, and the rest has been begun at most. */
export function released(wishes: Wishes = {}): Inheritance {
  return twoStacks({
    blueGreen: { autoPromotionEnabled: false },
    ...wishes,
    status: {
      ...positions(FIRST, FIRST),
      phase: 'Progressing',
      message: 'active service cutover pending',
      conditions: [
        available(),
        inheritedCondition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy'),
        inheritedCondition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),
        inheritedCondition('Progressing', 'Unknown', 'RolloutResumed', 'Rollout is resumed'),
        inheritedCondition('Paused', 'False', 'RolloutPaused', 'Rollout is paused'),
      ],
      ...wishes.status,
    },
  });
}

export const ABORTED = 'Rollout aborted update to revision 2';

/** The update was given up. The second revision, which the preview Service still leads to, waits for its scale-down. */
export function aborted(wishes: Wishes = {}, deadline = FAR_AHEAD): Inheritance {
  return twoStacks({
    blueGreen: { autoPromotionEnabled: false },
    second: { annotations: waitsUntil(deadline) },
    ...wishes,
    status: {
      ...positions(FIRST, wishes.active ?? FIRST),
      phase: 'Degraded',
      message: `RolloutAborted: ${ABORTED}`,
      abort: true,
      abortedAt: LONG_AGO,
      conditions: [
        available(),
        inheritedCondition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy'),
        inheritedCondition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),
        inheritedCondition('Paused', 'False', 'RolloutPaused', 'Rollout is paused'),
        inheritedCondition('Progressing', 'False', 'RolloutAborted', ABORTED),
      ],
      ...wishes.status,
    },
  });
}

/** The user went back to the first revision within its delay, and the Services have not followed yet. */
export function goingBack(wishes: Wishes = {}): Inheritance {
  const { manifest, ...rest } = released({
    active: SECOND,
    preview: FIRST,
    first: { annotations: { ...waitsUntil(FAR_AHEAD), ...numbered(3, '1') } },
    ...wishes,
    status: {
      ...positions(SECOND, SECOND),
      currentPodHash: FIRST,
      blueGreen: { activeSelector: SECOND, previewSelector: FIRST },
      ...wishes.status,
    },
  });
  const back = blueGreenRollout({
    replicas: REPLICAS,
    image: 'web:1',
    blueGreen: manifest.spec.strategy?.blueGreen ?? {},
  });
  return { ...rest, manifest: back };
}

/** The same with one of its Services in another state. */
export function withService(inheritance: Inheritance, service: InheritedService): Inheritance {
  const { services = [], ...rest } = inheritance;
  return { ...rest, services: services.map((one) => (one.name === service.name ? service : one)) };
}

/** Pods carry labels of their role, and those of the second revision keep away from those of the first. */
export function pausedWithLoans(): Inheritance {
  return paused({
    blueGreen: {
      autoPromotionEnabled: false,
      activeMetadata: { labels: { role: 'active' } },
      previewMetadata: { labels: { role: 'preview' } },
      antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
    },
    first: { lent: { role: 'active' } },
    second: { lent: { role: 'preview' }, avoids: FIRST },
  });
}

/** The same with the template in a Deployment that has given way. */
export function fromDeployment(inheritance: Inheritance): Inheritance {
  const { manifest, ...rest } = inheritance;
  const { template = {}, selector, ...spec } = manifest.spec;
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' };
  return {
    ...rest,
    manifest: { ...manifest, spec: { ...spec, workloadRef } },
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 0, selector, template },
    },
  };
}

function waitsUntil(deadline: string): Readonly<Record<string, string>> {
  return { 'scale-down-deadline': deadline };
}

/** Going back gives a revision a new number. */
function numbered(revision: number, history: string): Readonly<Record<string, string>> {
  return {
    'rollout.argoproj.io/revision': String(revision),
    'rollout.argoproj.io/revision-history': history,
  };
}

function twoStacks({ blueGreen = {}, first, second, active = FIRST, preview = SECOND, status }: Wishes): Inheritance {
  const older = { image: 'web:1', hash: FIRST, replicas: REPLICAS, ...first };
  const newer = { image: 'web:2', hash: SECOND, replicas: REPLICAS, ...second };
  const served = [older, newer].find(({ hash }) => hash === status?.blueGreen?.activeSelector)?.replicas ?? 0;
  return {
    manifest: blueGreenRollout({ replicas: REPLICAS, image: 'web:2', blueGreen }),
    revisions: [older, newer],
    services: [
      { name: 'web', selects: active },
      { name: 'web-preview', selects: preview },
    ],
    status: {
      selector: `app=web,rollouts-pod-template-hash=${status?.blueGreen?.activeSelector}`,
      HPAReplicas: served,
      readyReplicas: served,
      availableReplicas: served,
      // It writes this for every Rollout, whatever its strategy.
      canary: {},
      ...status,
    },
  };
}

function positions(stableRS: string, activeSelector: string): RolloutStatus {
  return { stableRS, currentPodHash: SECOND, blueGreen: { activeSelector, previewSelector: SECOND } };
}

function available(): Condition {
  return inheritedCondition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability');
}
