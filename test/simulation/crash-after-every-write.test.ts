/**
 * The controller is killed after each single write of a release and of an abort: another process takes
 * over, and everything ends, and gets there, as if nothing had happened.
 */
import { expect, test } from 'vitest';
import { LABELS } from '../../src/api/labels.ts';
import type { RolloutStatus } from '../../src/api/status.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { Ingress, KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { INGRESSES, PODS, REPLICA_SETS, SERVICES } from '../../src/kube/resources.ts';
import { BLUE_GREEN, calmHistory, THROUGH_NGINX } from './calm-history.ts';
import { canaryRuleOf } from './cluster/proxy.ts';
import type { Fault } from './controller/faults.ts';
import type { History } from './history.ts';

type Life = (history: History) => void;

const CANARY: JsonObject = {
  ...THROUGH_NGINX,
  steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: '10s' } }],
};

const release: Life = (history) => {
  history.user.setImage('');
  history.runToRest();
  history.user.readForPromote()();
  history.runToRest();
  expect(history.user.status.phase).toBe('Healthy');
};

const abort: Life = (history) => {
  history.user.setImage('');
  history.runToRest();
  history.user.abort();
  history.runToRest();
  expect(history.user.status.phase).toBe('Degraded');
};

/** Back to the former revision while its pods are there. */
const rollback: Life = (history) => {
  const template = history.user.rollout.spec.template as JsonObject;
  history.user.setImage('');
  history.runToRest();
  history.user.readForPromote()();
  history.runFor(60_000);
  history.user.applyTemplate(template);
  history.runToRest();
  expect(history.user.status.phase).toBe('Healthy');
};

/** `killedAfter`: the number of the write after which the controller is killed, counted from the first deploy on. */
function lived(strategy: JsonObject, life: Life, killedAfter: number) {
  let writes = 0;
  const drawFault = (): Fault => {
    writes += 1;
    return writes === killedAfter ? 'crash-after' : 'none';
  };
  const history = calmHistory(strategy, { drawFault });
  const traffic: string[] = [];
  const stop = history.cluster.store.onChange(({ plural, name, before, after }) => {
    const [from, to] = [trafficOf(plural, before), trafficOf(plural, after)];
    if (from !== to) traffic.push(`${name} ${to}`);
  });
  life(history);
  history.checkSettled();
  stop();
  return { writes, traffic, end: endOf(history) };
}

/** What an object says about where requests go, '' when it says nothing. */
function trafficOf(plural: string, object: KubeObject | undefined): string {
  if (object === undefined) return '';
  if (plural === SERVICES.plural) return `selects ${(object as Service).spec.selector?.[LABELS.podTemplateHash]}`;
  return plural === INGRESSES.plural ? `has weight ${canaryRuleOf(object)?.weight}` : '';
}

/** Everything that is left in the end, without times, versions and names of pods. */
function endOf({ cluster, user }: History) {
  const { store } = cluster;
  const { phase, message, stableRS, currentPodHash, currentStepIndex, replicas, availableReplicas, conditions, abort } =
    user.status satisfies RolloutStatus;
  return {
    status: { phase, stableRS, currentPodHash, currentStepIndex, replicas, availableReplicas, abort },
    message,
    conditions: conditions?.map(({ type, status, reason, message: text }) => ({ type, status, reason, text })),
    sizes: store.list<ReplicaSet>(REPLICA_SETS.plural).map((one) => [one.metadata.name, one.spec.replicas]),
    services: store.list<Service>(SERVICES.plural).map((one) => [one.metadata.name, one.spec.selector]),
    ingresses: store
      .list<Ingress>(INGRESSES.plural)
      .map((one) => [one.metadata.name, one.metadata.annotations, one.spec]),
    pods: store.list(PODS.plural).length,
  };
}

test.each<{ readonly name: string; readonly strategy: JsonObject; readonly life: Life }>([
  { name: 'a release', strategy: { canary: CANARY }, life: release },
  { name: 'an abort', strategy: { canary: CANARY }, life: abort },
  {
    name: 'a release with a dynamic stable side',
    strategy: { canary: { ...CANARY, dynamicStableScale: true } },
    life: release,
  },
  { name: 'a blue-green release', strategy: { blueGreen: BLUE_GREEN }, life: release },
  { name: 'a blue-green abort', strategy: { blueGreen: BLUE_GREEN }, life: abort },
  {
    name: 'a blue-green release with a small preview',
    strategy: { blueGreen: { ...BLUE_GREEN, previewReplicaCount: 1 } },
    life: release,
  },
  {
    name: 'a blue-green rollback',
    strategy: { blueGreen: { ...BLUE_GREEN, scaleDownDelaySeconds: 600 } },
    life: rollback,
  },
])('$name survives a kill after any of its writes', ({ strategy, life }) => {
  const undisturbed = lived(strategy, life, 0);
  expect(undisturbed.traffic).not.toEqual([]);
  for (let killedAfter = 1; killedAfter <= undisturbed.writes; killedAfter++) {
    const { traffic, end } = lived(strategy, life, killedAfter);
    expect({ killedAfter, traffic, end }).toEqual({
      killedAfter,
      traffic: undisturbed.traffic,
      end: undisturbed.end,
    });
  }
});
