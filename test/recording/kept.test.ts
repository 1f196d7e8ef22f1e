/** What of an object is recorded, and that it is enough. */
import { expect, test } from 'vitest';
import { FIELD_MANAGER } from '../../src/api/words/field-manager.ts';
import { surroundingsOf } from '../../src/core/view/surroundings.ts';
import { viewRollout } from '../../src/core/view/view.ts';
import { lookupIn } from '../../src/core/observed/lookup.ts';
import type { Service } from '../../src/kube/objects.ts';
import { GATEWAYS, PODS, REPLICA_SETS, SERVICES } from '../../src/kube/resources.ts';
import { formatTime } from '../../src/kube/time.ts';
import { keptOf } from '../../src/recording/kept.ts';
import { ReadWorlds } from '../../src/recording/read-world.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { buildWorld, NOW, routed } from '../core/build-world.ts';

const NOTHING_AROUND = { pods: [], experiments: [], replicaSets: [], runs: [] };
const AT = formatTime(NOW - 5000);

test('of a pod names, labels and states, but no environment and no output', () => {
  const metadata = { name: 'web-1', uid: 'u', resourceVersion: '1', labels: { app: 'web' } };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: 'n', containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: 'secret' }] }] },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      containerStatuses: [
        {
          name: 'web',
          ready: false,
          restartCount: 2,
          imageID: 'x',
          state: { terminated: { exitCode: 1, reason: 'Error', message: 'secret' } },
        },
      ],
    },
  };
  expect(keptOf(PODS, pod)).toEqual({
    metadata,
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'web', ready: false, restartCount: 2, state: { terminated: { exitCode: 1, reason: 'Error' } } },
      ],
    },
  });
});

test('of the records of writers who wrote selectors, sizes and annotations', () => {
  const fieldsV1 = {
    'f:metadata': { 'f:annotations': { 'f:a': {} }, 'f:labels': { 'f:b': {} } },
    'f:spec': { 'f:selector': {}, 'f:ports': { 'k:{"port":80}': {} } },
  };
  const service = {
    metadata: { name: 'web', uid: 'u', resourceVersion: '1', managedFields: [{ manager: 'me', time: AT, fieldsV1 }] },
    spec: { selector: {} },
    status: { loadBalancer: {} },
  };
  const kept = { 'f:metadata': { 'f:annotations': { 'f:a': {} } }, 'f:spec': { 'f:selector': {} } };
  expect(keptOf(SERVICES, service)).toEqual({
    metadata: {
      name: 'web',
      uid: 'u',
      resourceVersion: '1',
      managedFields: [{ manager: 'me', time: AT, fieldsV1: kept }],
    },
    spec: { selector: {} },
  });
});

test('people are shown the same of a recorded world as of the plain one, the other writers included', () => {
  const world = buildWorld({
    replicas: 2,
    strategy: routed({ steps: [{ setWeight: 50 }, { pause: {} }] }),
    revisions: [
      { version: 'v1', size: 2 },
      { version: 'v2', size: 1, available: 0 },
    ],
    annotations: { 'example.com/other': 'x' },
  });
  const services = new Map([...world.services].map(([name, one]) => [name, writtenByOthers(one)]));
  const pods = world.pods.map((pod) => ({ ...pod, status: { phase: 'Running' }, spec: { containers: [] } }));
  const seen = { ...world, services, pods };
  const around = surroundingsOf(
    lookupIn(({ plural }) => (plural === PODS.plural ? pods : plural === REPLICA_SETS.plural ? world.replicaSets : [])),
    world.rollout,
  );
  const { line } = new Recorder().take(seen, around);
  if (line === null) throw new Error('no look');
  const read = new ReadWorlds().next(line);
  const shown = viewRollout({ ...read.world, around: read.around });
  expect(shown).toEqual(viewRollout({ ...seen, around }));
  expect(shown.explanation.writers).toMatchObject([{ manager: 'argocd', field: 'spec.selector' }, {}]);
});

test('Gateways of two namespaces with one name stay two', () => {
  const gateway = (namespace: string) => ({
    metadata: { namespace, name: 'edge', uid: `uid-${namespace}`, resourceVersion: '1' },
    spec: { gatewayClassName: namespace },
  });
  const gateways = new Map(['inner', 'outer'].map((namespace) => [`${namespace}/edge`, gateway(namespace)]));
  const { line } = new Recorder().take(
    { ...buildWorld(), routed: new Map([[GATEWAYS.plural, gateways]]) },
    NOTHING_AROUND,
  );
  if (line === null) throw new Error('no look');
  expect(new ReadWorlds().next(line).world.routed.get(GATEWAYS.plural)).toEqual(gateways);
});

function writtenByOthers(service: Service): Service {
  const written = (manager: string, fieldsV1: object) => ({ manager, time: AT, fieldsV1 });
  const managedFields = [
    written(FIELD_MANAGER, { 'f:metadata': { 'f:annotations': {} } }),
    written('argocd', { 'f:spec': { 'f:selector': {} } }),
  ];
  return { ...service, metadata: { ...service.metadata, managedFields } as Service['metadata'] };
}
