/**
 * Several controllers in one cluster: each looks after its own Rollouts, by instance id or by namespace, and of a
 * pair with leader election one acts and the other goes on when it is gone (spec 9.4).
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../src/kube/objects.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { Recording } from './recording.ts';
import { Session } from './session.ts';

const INSTANCE_ID = 'argo-rollouts.argoproj.io/controller-instance-id';
const HASH_LABEL = 'rollouts-pod-template-hash';
const OWN_NAMESPACE = 'serin-system';
const STEPS = [{ setWeight: 50 }, { pause: {} }];

/** A user who may do only what a Role in some namespace allows. */
const TEAM_USER = 'team-serin';

let cluster: Cluster;
let controller: ControllerProcess;
beforeAll(async () => {
  cluster = await startCluster({ users: [{ name: TEAM_USER, groups: [] }] });
  await installSerin(cluster.plane);
  controller = await startController(cluster.plane);
});
afterAll(() => cluster?.stop());

async function openSession(): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => console.error(await session.report()));
  return session;
}

async function startAnother(name: string, flags: readonly string[], user?: string): Promise<ControllerProcess> {
  const another = await startController(cluster.plane, { name, flags, ...(user === undefined ? {} : { user }) });
  onTestFinished(async () => {
    await another.kill('SIGKILL');
  });
  return another;
}

function withInstance(id: string, manifest: RolloutManifest): RolloutManifest {
  return { ...manifest, metadata: { ...manifest.metadata, labels: { [INSTANCE_ID]: id } } };
}

/** Pids of the controllers that have told something about the Rollout. */
async function tellersOf(session: Session, name: string): Promise<readonly number[]> {
  const events = (await waitFor(() => session.events(name), {
    what: `events of ${name}, which are written later`,
    until: (told) => told.length > 0,
  })) as readonly { reportingInstance?: string }[];
  return [...new Set(events.map(({ reportingInstance = '' }) => Number(reportingInstance.split('_').at(-2))))];
}

describe('--instance-id', () => {
  test('takes the Rollouts that carry it, and a controller without takes those without the label', async () => {
    const session = await openSession();
    const blue = await startAnother('blue', ['--instance-id=blue']);
    await session.apply(
      ...routing('ours'),
      routedRollout({ name: 'ours' }),
      ...routing('theirs'),
      withInstance('blue', routedRollout({ name: 'theirs' })),
      withInstance('green', basicRollout({ name: 'nobodys' })),
    );
    await session.until('ours', { phase: 'Healthy', weight: 0 });
    await session.until('theirs', { phase: 'Healthy', weight: 0 });
    await session.settled();
    expect(await tellersOf(session, 'ours')).toEqual([controller.pid]);
    expect(await tellersOf(session, 'theirs')).toEqual([blue.pid]);
    const [ours, theirs] = await Promise.all([session.get('services', 'ours'), session.get('services', 'theirs')]);
    expect(ours.spec.selector).toHaveProperty(HASH_LABEL);
    expect(theirs.spec.selector).toHaveProperty(HASH_LABEL);
    expect((await session.get('rollouts', 'nobodys')).status).toBeUndefined();
    expect(await session.list('replicasets', 'app=nobodys')).toEqual([]);
    const [replicaSet] = await session.list('replicasets', 'app=theirs');
    expect(replicaSet?.metadata.labels).toHaveProperty([INSTANCE_ID], 'blue');

    await session.kubectl('label', '--overwrite', 'rollout', 'nobodys', `${INSTANCE_ID}=blue`);
    await session.until('nobodys', { phase: 'Healthy' });
    expect(await tellersOf(session, 'nobodys')).toEqual([blue.pid]);
  });

  test('changed in the middle of an update hands the Rollout over as it is', async () => {
    const session = await openSession();
    const blue = await startAnother('blue', ['--instance-id=blue']);
    const manifest = (image: string) => routedRollout({ image, canary: { steps: STEPS, scaleDownDelaySeconds: 1 } });
    await session.apply(...routing(), manifest('web:1'));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await session.settled();
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses', 'pods');
    await session.apply(withInstance('blue', manifest('web:2')));
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0, pods: 1 });
    expect(await recording.moments('web', ({ weight }) => weight)).toEqual([50, 100, 0]);
    expect(await recording.moments('web', ({ stableService }) => stableService)).toEqual(['web:1', 'web:2']);
    expect(recording.changes.filter(({ plural, type }) => plural === 'pods' && type === 'ADDED')).toEqual([]);
    await waitFor(() => tellersOf(session, 'web'), { what: 'events', until: (pids) => pids.includes(blue.pid) });
  });
});

test('--namespaced looks after one namespace, with rights in no other', async () => {
  const [here, elsewhere] = [await openSession(), await openSession()];
  await cluster.plane.mustKubectl(['apply', '-k', 'deploy/namespaced', '--namespace', here.namespace]);
  await here.kubectl('create', 'rolebinding', 'team', '--role=serin', `--user=${TEAM_USER}`);
  const flags = ['--instance-id=team', '--namespaced', `--namespace=${here.namespace}`];
  const team = await startAnother('team', flags, TEAM_USER);
  const manifest = (image: string) => withInstance('team', routedRollout({ image, canary: { steps: STEPS } }));
  await elsewhere.apply(...routing(), manifest('web:1'));
  await here.apply(...routing(), manifest('web:1'));
  await here.until('web', { phase: 'Healthy', weight: 0 });
  await here.apply(manifest('web:2'));
  await here.until('web', { phase: 'Paused', index: 1, weight: 50 });
  await here.settled();
  expect(await tellersOf(here, 'web')).toEqual([team.pid]);
  expect((await elsewhere.get('rollouts', 'web')).status).toBeUndefined();
  expect(await elsewhere.list('replicasets')).toEqual([]);
  expect(await team.log()).not.toMatch(/"level":(?:50|60|"error"|"fatal")/);
});

test('of a pair one acts; when it is killed the other goes on', async () => {
  const session = await openSession();
  const flags = [
    '--instance-id=pair',
    `--namespace=${OWN_NAMESPACE}`,
    '--leader-elect=true',
    '--leader-election-lease-duration=3s',
    '--leader-election-renew-deadline=2s',
    '--leader-election-retry-period=500ms',
  ];
  const pair = await Promise.all([startAnother('one', flags), startAnother('two', flags)]);
  const holder = () =>
    waitFor(
      async () => {
        const lease = await session.client.get<KubeObject & { spec: { holderIdentity?: string } }>(
          `/apis/coordination.k8s.io/v1/namespaces/${OWN_NAMESPACE}/leases/argo-rollouts-controller-lock-pair`,
        );
        return pair.find(({ pid }) => lease.spec.holderIdentity?.includes(`_${pid}_`));
      },
      { what: 'the Lease to be held' },
    );
  const manifest = (image: string) => withInstance('pair', routedRollout({ image, canary: { steps: STEPS } }));
  await session.apply(...routing(), manifest('web:1'));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  const leader = await holder();
  expect(await tellersOf(session, 'web')).toEqual([leader.pid]);

  using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses', 'pods');
  await leader.kill('SIGKILL');
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
  const successor = await holder();
  expect(successor).toBe(pair.find((one) => one !== leader));
  expect(await recording.moments('web', ({ weight }) => weight)).toEqual([50, 100, 0]);
  expect(recording.changes.filter(({ plural, type }) => plural === 'pods' && type === 'ADDED')).toEqual([]);

  await leader.start();
  await session.apply(manifest('web:3'));
  await session.until('web', { phase: 'Paused', canaryImage: 'web:3', weight: 50 });
  expect(await holder()).toBe(successor);
});
