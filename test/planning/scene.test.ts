/** The scene in which a release begins. */
import { expect, test } from 'vitest';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { KubeObject, Pod, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES, type Resource } from '../../src/kube/resources.ts';
import { Store } from '../../src/planning/model/store.ts';
import { applyManifests, observedScene } from '../../src/planning/scene.ts';
import { NOW, service, web } from './planned.ts';

const HASH = 'rollouts-pod-template-hash';

function live(object: object, uid: string, owner?: string): KubeObject {
  const { metadata = {}, ...rest } = object as { metadata?: object };
  const ownerReferences =
    owner === undefined ? [] : [{ apiVersion: '', kind: '', name: '', uid: owner, controller: true }];
  return {
    ...rest,
    metadata: { name: uid, namespace: 'shop', resourceVersion: '1', ownerReferences, ...metadata, uid },
  };
}

test('of a cluster it holds what belongs to the Rollout, and what leads requests', () => {
  const observed = new Map<Resource, readonly KubeObject[]>([
    [ROLLOUTS, [live(web({}), 'uid-web'), live({ spec: {} }, 'uid-other')]],
    [
      REPLICA_SETS,
      [live({ spec: {} }, 'own', 'uid-web'), live({ spec: {} }, 'others', 'uid-other'), live({ spec: {} }, 'orphan')],
    ],
    [
      PODS,
      [
        live({}, 'running', 'own'),
        live({ metadata: { deletionTimestamp: '2026-01-05T08:00:00Z' } }, 'leaving', 'own'),
        live({ status: { phase: 'Failed' } }, 'failed', 'own'),
        live({}, 'foreign', 'others'),
      ],
    ],
    [SERVICES, [live(service('web'), 'service')]],
    [
      INGRESSES,
      [live({ metadata: { managedFields: [{ manager: 'kubectl' }, { manager: 'serin', fieldsV1: {} }] } }, 'ingress')],
    ],
  ]);
  const scene = observedScene(observed, 'web', NOW);
  const namesOf = (resource: Resource): readonly string[] => scene.list(resource).map(({ metadata }) => metadata.name);
  expect(namesOf(ROLLOUTS)).toEqual(['web', 'uid-other']);
  expect(namesOf(REPLICA_SETS)).toEqual(['own', 'orphan']);
  expect(namesOf(PODS)).toEqual(['running', 'foreign']);
  expect(namesOf(SERVICES)).toEqual(['web']);
  expect(scene.get(INGRESSES, 'ingress')?.metadata).toMatchObject({ managedFields: [{ manager: 'serin' }] });
});

test('a file is laid over the live objects', () => {
  const scene = new Store(NOW);
  const target = { namespace: 'shop', name: 'web' };
  applyManifests(scene, [web({ replicas: 7, minReadySeconds: 5 }), service('web')], target);
  scene.patch(SERVICES, 'web', { spec: { selector: { [HASH]: 'abc' } } });
  const { spec } = web({}) as Rollout;
  const { replicas: _replicas, ...rest } = spec;
  const elsewhere = { ...web({ replicas: 1 }), metadata: { name: 'web', namespace: 'other' } } as KubeObject;
  applyManifests(scene, [{ ...web({}), spec: rest } as never, service('web'), elsewhere], target);

  expect(scene.get<Rollout>(ROLLOUTS, 'web')).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 7 } });
  expect(scene.get<Rollout>(ROLLOUTS, 'web')?.spec.minReadySeconds).toBeUndefined();
  expect(scene.get<Service>(SERVICES, 'web')?.spec.selector).toEqual({ app: 'web', [HASH]: 'abc' });
});

test('a copy goes its own way, and what an object controls leaves with it', () => {
  const store = new Store(NOW);
  const metadata = (owner: string) => ({
    ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: owner, controller: true }],
  });
  store.create(REPLICA_SETS, 'shop', 'web-1', { spec: { template: {} } });
  const { uid } = store.get<ReplicaSet>(REPLICA_SETS, 'web-1')!.metadata;
  store.create(PODS, 'shop', 'web-1-a', { metadata: metadata(uid) });
  const copy = store.copy();
  expect(store.create(PODS, 'shop', 'web-1-a', {})).toBe('exists');
  store.remove(REPLICA_SETS, 'web-1');
  expect(store.list<Pod>(PODS)).toEqual([]);
  expect(copy.list<Pod>(PODS)).toHaveLength(1);
});
