/**
 * The controller is killed after each single write of a release and of an abort: another process takes
 * over, and everything ends, and gets there, as if nothing had happened.
 */
import { expect, test } from 'vitest';
import type { AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import { LABELS } from '../../src/api/words/labels.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { Ingress, KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { ANALYSIS_RUNS, INGRESSES, PODS, REPLICA_SETS, SERVICES } from '../../src/kube/resources.ts';
import { BLUE_GREEN, calmHistory, THROUGH_NGINX } from './calm-history.ts';
import { canaryRuleOf } from './cluster/proxy.ts';
import type { Fault } from './controller/faults.ts';
import type { History } from './history.ts';
import { isGoingOn } from './invariants/trials.ts';

/** What a user does, until it has come to rest. */
type Act = (history: History) => Promise<void> | void;

const CANARY: JsonObject = {
  ...THROUGH_NGINX,
  steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: '10s' } }],
};

const WITHOUT_PAUSES: JsonObject[] = [
  { setWeight: 20 },
  { setWeight: 60 },
  { setCanaryScale: { replicas: 4 } },
  { setCanaryScale: { matchTrafficWeight: true } },
  { pause: {} },
  { setWeight: 80 },
  { setWeight: 100 },
];

const WITH_ANALYSIS_STEP: JsonObject = {
  ...THROUGH_NGINX,
  steps: [{ setWeight: 20 }, { analysis: { templates: [{ templateName: 'all' }] } }, { setWeight: 60 }, { pause: {} }],
};

const MEASURED: JsonObject = { ...WITH_ANALYSIS_STEP, analysis: { templates: [{ templateName: 'endless' }] } };

const update: Act = async (history) => {
  history.user.setImage('');
  await history.runToRest();
};

const promote: Act = async (history) => {
  history.user.readForPromote()();
  await history.runToRest();
  expect(history.user.status.phase).toBe('Healthy');
};

/** What it measures fails. */
const failingUpdate: Act = async (history) => {
  history.cluster.decreeTrials('Failed');
  await update(history);
  expect(history.user.status.phase).toBe('Degraded');
};

const abort: Act = async (history) => {
  history.user.abort();
  await history.runToRest();
  expect(history.user.status.phase).toBe('Degraded');
};

/** Back to the former revision while its pods are there. */
const rollback: Act = async (history) => {
  const template = formerTemplate(history);
  history.user.readForPromote()();
  await history.runFor(60_000);
  history.user.applyTemplate(template);
  await history.runToRest();
  expect(history.user.status.phase).toBe('Healthy');
};

function formerTemplate({ cluster, user }: History): JsonObject {
  const stable = cluster.store
    .list<ReplicaSet>(REPLICA_SETS.plural)
    .find((one) => one.metadata.labels?.[LABELS.podTemplateHash] === user.status.stableRS);
  return user.templateOf(stable!);
}

/** What there is at rest after one more act, and what has happened until then. */
interface Rest {
  readonly writes: number;
  readonly traffic: readonly string[];
  readonly left: Left;
}

/** Of the first deploy, and of the acts after it. `killedAfter`: the number of the write after which the controller is killed. */
async function lived(strategy: JsonObject, acts: readonly Act[], killedAfter: number): Promise<readonly Rest[]> {
  let writes = 0;
  const traffic: string[] = [];
  const drawFault = (): Fault => {
    writes += 1;
    return writes === killedAfter ? 'crash-after' : 'none';
  };
  const history = await calmHistory(strategy, { drawFault, decidesTwice: false });
  history.cluster.store.onChange(({ plural, name, before, after }) => {
    const [from, to] = [trafficOf(plural, before), trafficOf(plural, after)];
    if (from !== to) traffic.push(`${name} ${to}`);
  });
  const rests: Rest[] = [];
  for (const act of [() => {}, ...acts]) {
    await act(history);
    history.checkSettled();
    rests.push({ writes, traffic: [...traffic], left: leftIn(history) });
  }
  return rests;
}

/** What an object says about where requests go, '' when it says nothing. */
function trafficOf(plural: string, object: KubeObject | undefined): string {
  if (object === undefined) return '';
  if (plural === SERVICES.plural) return `selects ${(object as Service).spec.selector?.[LABELS.podTemplateHash]}`;
  return plural === INGRESSES.plural ? `has weight ${canaryRuleOf(object)?.weight}` : '';
}

type Left = Readonly<Record<string, unknown>>;

/** Everything that is left, without times, versions, and names and ages of pods. */
function leftIn({ cluster: { store }, user }: History): Left {
  const { duration: _duration, conditions = [], ...status } = user.status;
  return {
    status: timeless(status),
    conditions: timeless(conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1))),
    annotations: user.rollout.metadata.annotations,
    replicaSets: store
      .list<ReplicaSet>(REPLICA_SETS.plural)
      .map(({ metadata, spec }) => timeless({ name: metadata.name, annotations: metadata.annotations, spec })),
    // One that ended while no process looked was not heeded, so that another one has its result.
    measuring: store
      .list<AnalysisRun>(ANALYSIS_RUNS.plural)
      .filter(isGoingOn)
      .map(({ metadata, spec }) => ({ name: metadata.name, labels: metadata.labels, spec })),
    services: store.list<Service>(SERVICES.plural).map(({ metadata, spec }) => [metadata.name, spec.selector]),
    ingresses: store
      .list<Ingress>(INGRESSES.plural)
      .map(({ metadata, spec }) => [metadata.name, metadata.annotations, spec]),
    // The store lists them by age, and which of two revisions got its last pod first is a matter of time.
    pods: store
      .list(PODS.plural)
      .map(({ metadata }) => JSON.stringify(metadata.labels))
      .toSorted(),
  };
}

function timeless(value: object): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'a time'));
}

/** Far more than any case needs, on however busy a machine. */
const TIMEOUT_MS = 240_000;

interface Case {
  readonly name: string;
  readonly strategy: JsonObject;
  readonly acts: readonly Act[];
  /** How many of the acts are those of a case before, with the same strategy. */
  readonly known?: number;
}

test.each<Case>([
  { name: 'a release', strategy: { canary: CANARY }, acts: [update, promote] },
  { name: 'an abort', strategy: { canary: CANARY }, acts: [update, abort], known: 1 },
  {
    name: 'a release with a dynamic stable side',
    strategy: { canary: { ...CANARY, dynamicStableScale: true } },
    acts: [update, promote],
  },
  {
    name: 'a release that goes from weight to weight, and to scales of its own, without a pause',
    strategy: { canary: { ...THROUGH_NGINX, steps: WITHOUT_PAUSES } },
    acts: [update, promote],
  },
  {
    name: 'a release from weight to weight with a dynamic stable side',
    strategy: { canary: { ...THROUGH_NGINX, steps: WITHOUT_PAUSES, dynamicStableScale: true } },
    acts: [update, promote],
  },
  { name: 'a measured release', strategy: { canary: MEASURED }, acts: [update, promote] },
  {
    name: 'a release that fails what is measured',
    // In the background it may fail before the canary gets its first request.
    strategy: { canary: WITH_ANALYSIS_STEP },
    acts: [failingUpdate],
  },
  { name: 'a blue-green release', strategy: { blueGreen: BLUE_GREEN }, acts: [update, promote] },
  { name: 'a blue-green abort', strategy: { blueGreen: BLUE_GREEN }, acts: [update, abort], known: 1 },
  {
    name: 'a blue-green release with a small preview',
    strategy: { blueGreen: { ...BLUE_GREEN, previewReplicaCount: 1 } },
    acts: [update, promote],
  },
  {
    name: 'a blue-green rollback',
    strategy: { blueGreen: { ...BLUE_GREEN, scaleDownDelaySeconds: 600 } },
    acts: [update, rollback],
  },
])('$name survives a kill after any of its writes', { timeout: TIMEOUT_MS }, async ({ strategy, acts, known = -1 }) => {
  const undisturbed = await lived(strategy, acts, 0);
  expect(undisturbed.at(-1)?.traffic).not.toEqual([]);
  // Where a kill has made no difference at a rest it makes none after it, so nothing more is lived through.
  for (const [index, { writes, traffic, left }] of undisturbed.entries()) {
    const before = undisturbed[index - 1]?.writes ?? 0;
    const kills = Array.from({ length: index > known ? writes - before : 0 }, (_, nth) => before + nth + 1);
    for (const killedAfter of kills) {
      const rest = (await lived(strategy, acts.slice(0, index), killedAfter)).at(-1);
      const { traffic: trafficThen, left: leftThen } = rest!;
      expect({ killedAfter, traffic: trafficThen, left: leftThen }).toEqual({ killedAfter, traffic, left });
    }
  }
});
