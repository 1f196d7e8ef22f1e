/** What a Rollout is told of templates that its controller cannot read, whatever the reason. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCaches, stopCaches, type Caches } from '../../src/controllers/caches.ts';
import { addRolloutIndexes } from '../../src/controllers/rollout/indexes.ts';
import { lookupInCaches } from '../../src/controllers/lookup.ts';
import { stepHash } from '../../src/api/schema/step-hash.ts';
import { gatherAnalysis } from '../../src/core/rollout/gather-analysis.ts';
import { findCondition } from '../../src/kube/conditions.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { buildWorld, hashOf, NAMESPACE, routed } from '../core/build-world.ts';
import { reportedOn } from '../core/plan-effects.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../runtime/parts.ts';

const MESSAGE = 'User "serin" cannot list resource';
const NO_RIGHT = { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: MESSAGE } };

let server: FakeApiServer;
let parts: ClientParts;
let caches: Caches;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
});

afterEach(async () => {
  await stopCaches(caches);
  await parts.transport.close();
  await server.stop();
});

interface Row {
  readonly name: string;
  /** Of a controller of one namespace. */
  readonly namespace?: string;
  readonly mayRead: boolean;
  readonly clusterScope: boolean;
  readonly phase: string;
  readonly says: string;
}

const OF_CLUSTER = "ClusterAnalysisTemplate 'smoke'";

test.each<Row>([
  {
    name: 'a template that does not exist is not found',
    mayRead: true,
    clusterScope: false,
    phase: 'Degraded',
    says: "AnalysisTemplate 'smoke' not found",
  },
  {
    name: 'a cluster-wide template is out of reach for a controller of one namespace, whether it exists or not',
    namespace: NAMESPACE,
    mayRead: true,
    clusterScope: true,
    phase: 'Degraded',
    says: `${OF_CLUSTER} cannot be read: a controller of one namespace cannot read cluster-wide objects`,
  },
  {
    name: 'a cluster-wide template that does not exist is not found by a controller of all namespaces',
    mayRead: true,
    clusterScope: true,
    phase: 'Degraded',
    says: `${OF_CLUSTER} not found`,
  },
  {
    name: 'a template that may not be read waits for the right',
    mayRead: false,
    clusterScope: false,
    phase: 'Progressing',
    says: MESSAGE,
  },
])('$name', async ({ namespace, mayRead, clusterScope, phase, says }) => {
  server.fault = () => (mayRead ? undefined : NO_RIGHT);
  caches = createCaches({ ...parts, clock: realClock, logger: quietLogger, namespace, instanceId: '' });
  addRolloutIndexes(caches);
  for (const informer of [caches.analysisRuns, caches.analysisTemplates, caches.clusterAnalysisTemplates]) {
    informer?.start();
    expect((await informer?.synced) ?? true).toBe(true);
  }
  const steps = [{ analysis: { templates: [{ templateName: 'smoke', clusterScope }] } }];
  const world = buildWorld({
    strategy: routed({ steps }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    status: { currentStepIndex: 0, currentStepHash: stepHash(steps), currentPodHash: hashOf('v2') },
  });
  const { status = {} } = reportedOn({ ...world, analysis: gatherAnalysis(lookupInCaches(caches), world.rollout) });
  expect(status.phase).toBe(phase);
  expect(`${status.message} ${findCondition(status.conditions, 'Blocked')?.message}`).toContain(says);
});
