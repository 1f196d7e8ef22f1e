/** The life of pods as users and controllers see it through a real API server. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../api-client.ts';
import { startCluster } from '../cluster.ts';
import type { Cluster } from '../cluster.ts';
import { KUBELET } from '../credentials.ts';
import { waitFor } from '../wait.ts';
import { startKubelet } from './kubelet.ts';
import { fakeRuntime } from './fake-runtime.ts';

interface ContainerStatus {
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
    readonly terminated?: { readonly exitCode: number };
  };
  readonly lastState: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
}

interface PodSeen {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly creationTimestamp: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface SliceList {
  readonly items: readonly {
    readonly endpoints: readonly {
      readonly addresses: readonly string[];
      readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
    }[];
  }[];
}

type Fields = Readonly<Record<string, unknown>>;

let cluster: Cluster;
const runtime = fakeRuntime();

beforeAll(async () => {
  cluster = await startCluster({ audit: true, kubelet: { nodes: 2, crashBackoffMs: 50, runtime } });
});
afterAll(() => cluster.stop());

const PODS = '/api/v1/namespaces/default/pods';

interface PodParts {
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly container?: Fields;
}

async function createPod(name: string, { metadata, spec, container }: PodParts = {}): Promise<void> {
  await cluster.plane.client().create(PODS, {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'main', image: 'web:1', ...container }], ...spec },
  });
}

function pod(name: string): Promise<PodSeen> {
  return cluster.plane.client().get<PodSeen>(`${PODS}/${name}`);
}

function podWhere(name: string, what: string, until: (pod: PodSeen) => boolean): Promise<PodSeen> {
  return waitFor(() => pod(name), { what: `pod ${name} ${what}`, until });
}

async function podGone(name: string): Promise<void> {
  const isGone = async (): Promise<boolean> => {
    try {
      await pod(name);
      return false;
    } catch (error) {
      return error instanceof ApiError && error.status === 404;
    }
  };
  await waitFor(isGone, { what: `the end of pod ${name}` });
}

function readyCondition(seen: PodSeen): {
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime: string;
} {
  return (
    seen.status.conditions?.find(({ type }) => type === 'Ready') ?? { status: 'absent', lastTransitionTime: 'never' }
  );
}

const isReady = (seen: PodSeen): boolean => readyCondition(seen).status === 'True';

function mainContainer(seen: PodSeen): ContainerStatus | undefined {
  return seen.status.containerStatuses?.[0];
}

function secondsBetween(earlier: string | undefined, later: string): number {
  return (Date.parse(later) - Date.parse(earlier ?? '')) / 1_000;
}

function patchPod(name: string, patch: Fields): Promise<unknown> {
  return cluster.plane.client().patch(`${PODS}/${name}`, 'merge', patch);
}

async function endpointsOf(service: string): Promise<SliceList['items'][number]['endpoints']> {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=${selector}`;
  return (await cluster.plane.client().get<SliceList>(path)).items.flatMap(({ endpoints }) => endpoints ?? []);
}

interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly name?: string; readonly subresource?: string };
}

/** What the kubelet has written about a pod, up to its final deletion: the log lags behind what watches tell. */
function writesOfALife(name: string): Promise<readonly string[]> {
  return waitFor(() => kubeletWrites(name), {
    what: `the deletion of pod ${name} in the audit log`,
    until: (writes) => writes.includes('delete'),
  });
}

/** What the kubelet wrote about one pod, in order. */
async function kubeletWrites(name: string): Promise<readonly string[]> {
  const lines = (await readFile(cluster.plane.auditLogPath, 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as AuditEntry)
    .filter(({ user, objectRef }) => user.username === KUBELET && objectRef?.name === name)
    .map(({ verb, objectRef }) => [verb, objectRef?.subresource].filter(Boolean).join(' '));
}

describe('running', () => {
  test('a Deployment of 3 becomes available and its endpoints are the pods', async () => {
    const { plane } = cluster;
    await plane.mustKubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=3']);
    await plane.mustKubectl(['expose', 'deployment', 'web', '--port=80']);
    await plane.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    const listed = JSON.parse(await plane.mustKubectl(['get', 'pods', '-l', 'app=web', '-o', 'json'])) as {
      items: PodSeen[];
    };
    const addresses = listed.items.map(({ status }) => status.podIP ?? '').sort();
    expect(new Set(addresses).size).toBe(3);
    for (const address of addresses) expect(address).toMatch(/^10\.244\.\d+\.\d+$/);
    const endpoints = await waitFor(() => endpointsOf('web'), {
      what: 'three ready endpoints',
      until: (all) => all.filter(({ conditions }) => conditions.ready).length === 3,
    });
    expect(endpoints.flatMap((endpoint) => endpoint.addresses).sort()).toEqual(addresses);
  });

  test('a pod without delays costs one binding, one status and, once deleted, its end', async () => {
    await createPod('thrifty');
    await podWhere('thrifty', 'is ready', isReady);
    await cluster.plane.client().delete(`${PODS}/thrifty`);
    await podGone('thrifty');
    expect(await writesOfALife('thrifty')).toEqual(['create binding', 'patch status', 'patch status', 'delete']);
  });

  test('a DaemonSet has a pod on each node, and other pods are spread', async () => {
    const labels = { app: 'agent' };
    await cluster.plane.client().create('/apis/apps/v1/namespaces/default/daemonsets', {
      metadata: { name: 'agent' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'agent:1' }] } },
      },
    });
    const nodes = async (): Promise<readonly string[]> => {
      const { items } = await cluster.plane.client().get<{ items: PodSeen[] }>(`${PODS}?labelSelector=app%3Dagent`);
      return items.filter(isReady).flatMap(({ spec }) => spec.nodeName ?? []);
    };
    const used = await waitFor(nodes, { what: 'two ready agents', until: (names) => names.length === 2 });
    expect(used.toSorted()).toEqual(['node-1', 'node-2']);
  });

  test('a pod that no node suits, or that is held by a gate, stays Pending', async () => {
    await createPod('nowhere', { spec: { nodeSelector: { disk: 'ssd' } } });
    await createPod('held', { spec: { schedulingGates: [{ name: 'example.com/hold' }] } });
    await createPod('elsewhere', { spec: { schedulerName: 'another' } });
    // Pods are taken up in order: when a later one is ready, these have been looked at.
    await createPod('later');
    await podWhere('later', 'is ready', isReady);
    for (const name of ['nowhere', 'held', 'elsewhere']) expect((await pod(name)).spec.nodeName).toBeUndefined();
    await patchPod('held', { spec: { schedulingGates: null } });
    expect((await podWhere('held', 'is ready', isReady)).spec.nodeName).toMatch(/^node-\d$/);
  });
});

describe('readiness', () => {
  test.each([
    { probe: 'readiness', container: { readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 2 } } },
    {
      probe: 'repeated readiness',
      container: { readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1, successThreshold: 3 } },
    },
    { probe: 'startup', container: { startupProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 2 } } },
  ])('a pod is ready after the delay of its $probe probe', async ({ probe, container }) => {
    const name = `probed-by-${probe.replace(' ', '-')}`;
    await createPod(name, { container });
    const waiting = await podWhere(name, 'runs', ({ status }) => status.phase === 'Running');
    expect(readyCondition(waiting)).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
    const ready = await podWhere(name, 'is ready', isReady);
    const startedAt = mainContainer(ready)?.state.running?.startedAt;
    expect(secondsBetween(startedAt, readyCondition(ready).lastTransitionTime)).toBeGreaterThanOrEqual(2);
  });

  test('a probe that fails keeps the pod unready until a test overrules it', async () => {
    await createPod('failing-probe', { container: { readinessProbe: { exec: { command: ['false'] } } } });
    const unready = await podWhere('failing-probe', 'runs', ({ status }) => status.phase === 'Running');
    expect(isReady(unready)).toBe(false);
    cluster.kubelet.setReady('default', 'failing-probe', true);
    expect(mainContainer(await podWhere('failing-probe', 'is ready', isReady))?.ready).toBe(true);
    cluster.kubelet.setReady('default', 'failing-probe', undefined);
    await podWhere('failing-probe', 'is unready again', (seen) => !isReady(seen));
    expect(() => cluster.kubelet.setReady('default', 'nobody', true)).toThrow('no pod default/nobody');
  });

  test('an annotation switches a pod off and on, and its endpoint with it', async () => {
    await createPod('switched', { metadata: { labels: { app: 'switched' } } });
    await cluster.plane.mustKubectl(['expose', 'pod', 'switched', '--port=80']);
    const endpointIs = (ready: boolean): Promise<unknown> =>
      waitFor(() => endpointsOf('switched'), {
        what: `an endpoint with ready ${ready}`,
        until: ([endpoint]) => endpoint?.conditions.ready === ready,
      });
    await endpointIs(true);
    await patchPod('switched', { metadata: { annotations: { 'serin.test/ready': 'false' } } });
    await endpointIs(false);
    expect(readyCondition(await pod('switched')).reason).toBe('ContainersNotReady');
    await patchPod('switched', { metadata: { annotations: { 'serin.test/ready': null } } });
    await endpointIs(true);
  });

  test('a readiness gate keeps the pod unready until its condition is true', async () => {
    await createPod('gated', { spec: { readinessGates: [{ conditionType: 'example.com/in-balancer' }] } });
    const setGate = (status: string): Promise<unknown> =>
      cluster.plane.client().patch(`${PODS}/gated/status`, 'strategic-merge', {
        status: { conditions: [{ type: 'example.com/in-balancer', status }] },
      });
    const closed = await podWhere('gated', 'runs', ({ status }) => status.phase === 'Running');
    expect(readyCondition(closed)).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
    expect(mainContainer(closed)?.ready).toBe(true);
    await setGate('True');
    const open = await podWhere('gated', 'is ready', isReady);
    expect(open.status.conditions?.map(({ type }) => type)).toContain('example.com/in-balancer');
    await setGate('False');
    await podWhere('gated', 'is unready again', (seen) => !isReady(seen));
  });

  test('a pod is ready only once its runtime serves it', async () => {
    const serve = runtime.hold('served-late');
    await createPod('served-late');
    expect(isReady(await podWhere('served-late', 'runs', ({ status }) => status.phase === 'Running'))).toBe(false);
    serve();
    const ready = await podWhere('served-late', 'is ready', isReady);
    expect(runtime.addressOf('served-late')).toBe(ready.status.podIP);
    await cluster.plane.client().delete(`${PODS}/served-late`);
    await podGone('served-late');
    expect(runtime.addressOf('served-late')).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  test('an image that cannot be pulled', async () => {
    await createPod('unpullable', { container: { image: 'web:does-not-exist' } });
    const seen = await podWhere('unpullable', 'waits', (it) => mainContainer(it)?.state.waiting !== undefined);
    expect(seen.status.phase).toBe('Pending');
    expect(mainContainer(seen)?.state.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "web:does-not-exist"',
    });
  });

  test('a command that cannot start', async () => {
    await createPod('unstartable', { container: { command: ['/bin/does-not-exist'] } });
    const seen = await podWhere('unstartable', 'crashes', (it) => (mainContainer(it)?.restartCount ?? 0) >= 2);
    expect(mainContainer(seen)?.state.waiting?.reason).toBe('CrashLoopBackOff');
    expect(mainContainer(seen)?.lastState.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
    expect(isReady(seen)).toBe(false);
  });

  test('a server that keeps crashing', async () => {
    await createPod('crashing', { container: { command: ['sh', '-c', 'echo up; exit 3'] } });
    const seen = await podWhere('crashing', 'crashes', (it) => (mainContainer(it)?.restartCount ?? 0) >= 2);
    expect(seen.status.phase).toBe('Running');
    expect(mainContainer(seen)?.lastState.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  test('a server that crashes once, when it is told to, and is served again', async () => {
    await createPod('fragile', { metadata: { annotations: { 'serin.test/crash': 'not by itself' } } });
    await podWhere('fragile', 'is ready', isReady);
    await patchPod('fragile', { metadata: { annotations: { 'serin.test/crash': 'now' } } });
    const seen = await podWhere('fragile', 'crashes', (it) => mainContainer(it)?.restartCount === 1 && isReady(it));
    expect(mainContainer(seen)?.lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(runtime.addressOf('fragile')).toBe(seen.status.podIP);
  });
});

describe("Jobs' pods", () => {
  async function createJob(name: string, command: readonly string[], more: Fields = {}): Promise<void> {
    const { restartPolicy = 'Never', annotations = {}, ...spec } = more;
    await cluster.plane.client().create('/apis/batch/v1/namespaces/default/jobs', {
      metadata: { name },
      spec: {
        backoffLimit: 0,
        ...spec,
        template: {
          metadata: { annotations },
          spec: { restartPolicy, containers: [{ name: 'main', image: 'task:1', command }] },
        },
      },
    });
  }

  interface JobSeen {
    readonly status: {
      readonly succeeded?: number;
      readonly failed?: number;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }

  function jobEnds(name: string, type: 'Complete' | 'Failed'): Promise<JobSeen> {
    return waitFor(() => cluster.plane.client().get<JobSeen>(`/apis/batch/v1/namespaces/default/jobs/${name}`), {
      what: `job ${name} to be ${type}`,
      until: ({ status }) => status.conditions?.some((it) => it.type === type && it.status === 'True') === true,
    });
  }

  async function podsOfJob(name: string): Promise<readonly PodSeen[]> {
    const selector = encodeURIComponent(`batch.kubernetes.io/job-name=${name}`);
    return (await cluster.plane.client().get<{ items: PodSeen[] }>(`${PODS}?labelSelector=${selector}`)).items;
  }

  test.each([
    { name: 'succeeds', command: ['sh', '-c', 'sleep 1; exit 0'], type: 'Complete', phase: 'Succeeded', code: 0 },
    { name: 'fails', command: ['sh', '-c', 'sleep 1 && exit 4'], type: 'Failed', phase: 'Failed', code: 4 },
    {
      name: 'is-annotated',
      command: ['measure', '--thoroughly'],
      more: { annotations: { 'serin.test/run-seconds': '0.1', 'serin.test/exit-code': '7' } },
      type: 'Failed',
      phase: 'Failed',
      code: 7,
    },
  ] as const)('one that $name', async ({ name, command, type, phase, code, ...rest }) => {
    await createJob(name, command, 'more' in rest ? rest.more : {});
    await jobEnds(name, type);
    const [seen] = await podsOfJob(name);
    expect(seen?.status.phase).toBe(phase);
    expect(mainContainer(seen as PodSeen)?.state.terminated?.exitCode).toBe(code);
  });

  test('one that is restarted in place on failure', async () => {
    await createJob('stubborn', ['false'], { restartPolicy: 'OnFailure', backoffLimit: 3 });
    const restarts = async (): Promise<number> => {
      const counts = (await podsOfJob('stubborn')).map((it) => mainContainer(it)?.restartCount ?? 0);
      return Math.max(0, ...counts);
    };
    expect(await waitFor(restarts, { what: 'a restart', until: (count) => count >= 1 })).toBeGreaterThanOrEqual(1);
    await jobEnds('stubborn', 'Failed');
  });

  test('one that is deleted while it runs', async () => {
    await createJob('abandoned', ['sleep', 'infinity']);
    await waitFor(async () => (await podsOfJob('abandoned')).some(isReady), { what: 'the pod to run' });
    await cluster.plane.mustKubectl(['delete', 'job', 'abandoned']);
    const left = await waitFor(() => podsOfJob('abandoned'), { what: 'no pods', until: (pods) => pods.length === 0 });
    expect(left).toEqual([]);
  });
});

describe('deletion', () => {
  test.each([
    { hook: 'sleep', preStop: { sleep: { seconds: 2 } } },
    { hook: 'exec', preStop: { exec: { command: ['sh', '-c', 'sleep 2'] } } },
  ])('a pod stays, terminating and serving, while its preStop ($hook) runs', async ({ hook, preStop }) => {
    const name = `prestop-${hook}`;
    await createPod(name, { metadata: { labels: { app: name } }, container: { lifecycle: { preStop } } });
    await cluster.plane.mustKubectl(['expose', 'pod', name, '--port=80']);
    await waitFor(() => endpointsOf(name), {
      what: 'a ready endpoint',
      until: ([it]) => it?.conditions.ready === true,
    });
    const deletedAt = performance.now();
    await cluster.plane.client().delete(`${PODS}/${name}`);
    const terminating = await waitFor(() => endpointsOf(name), {
      what: 'a terminating endpoint',
      until: ([it]) => it?.conditions.terminating === true && !it.conditions.ready,
    });
    // Its program has not been told to stop yet, so a proxy may still send requests to it.
    expect(terminating[0]?.conditions.serving).toBe(true);
    await podGone(name);
    expect(performance.now() - deletedAt).toBeGreaterThanOrEqual(2_000);
  });

  test('the grace period ends a preStop that would last longer', async () => {
    await createPod('hurried', {
      spec: { terminationGracePeriodSeconds: 1 },
      container: { lifecycle: { preStop: { exec: { command: ['sleep', 'infinity'] } } } },
    });
    await podWhere('hurried', 'is ready', isReady);
    const deletedAt = performance.now();
    await cluster.plane.client().delete(`${PODS}/hurried`);
    await podGone('hurried');
    expect(performance.now() - deletedAt).toBeGreaterThanOrEqual(1_000);
  });

  test('a second deletion may shorten the grace period', async () => {
    await createPod('impatient', {
      metadata: { annotations: { 'serin.test/stop-seconds': '3600' } },
      spec: { terminationGracePeriodSeconds: 3_600 },
    });
    await podWhere('impatient', 'is ready', isReady);
    await cluster.plane.client().delete(`${PODS}/impatient`);
    await podWhere('impatient', 'is terminating', (seen) => seen.metadata.deletionTimestamp !== undefined);
    await cluster.plane.client().delete(`${PODS}/impatient`, { gracePeriodSeconds: 1 });
    await podGone('impatient');
    expect(await writesOfALife('impatient')).toContain('delete');
  });

  test('an eviction deletes the pod, and a disruption budget refuses it', async () => {
    const evict = (name: string): Promise<unknown> =>
      cluster.plane.client().create(`${PODS}/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace: 'default' },
      });
    await createPod('evicted');
    await podWhere('evicted', 'is ready', isReady);
    await evict('evicted');
    await podGone('evicted');

    await createPod('guarded', { metadata: { labels: { app: 'guarded' } } });
    await podWhere('guarded', 'is ready', isReady);
    await cluster.plane.mustKubectl(['create', 'pdb', 'guarded', '--selector=app=guarded', '--min-available=1']);
    await expect(evict('guarded')).rejects.toMatchObject({ status: 429 });
  });
});

describe('interruptions', () => {
  test('pods go on after a restart of the API server', async () => {
    await createPod('before-restart', {
      container: { readinessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: 1 } },
    });
    await cluster.plane.restartApiServer();
    await podWhere('before-restart', 'is ready', isReady);
    await createPod('after-restart');
    expect(isReady(await podWhere('after-restart', 'is ready', isReady))).toBe(true);
  });

  test('another kubelet takes over the pods of one that has stopped', async () => {
    await createPod('taken-over');
    const before = await podWhere('taken-over', 'is ready', isReady);
    await createPod('orphan', {
      metadata: { annotations: { 'serin.test/stop-seconds': '3600' } },
      spec: { terminationGracePeriodSeconds: 3_600 },
    });
    await podWhere('orphan', 'is ready', isReady);
    await cluster.plane.client().delete(`${PODS}/orphan`);
    await cluster.kubelet.stop();

    const successor = await startKubelet(cluster.plane.client(KUBELET), { nodes: 2 });
    onTestFinished(() => successor.stop());
    await podGone('orphan');
    await createPod('newcomer');
    const newcomer = await podWhere('newcomer', 'is ready', isReady);
    const after = await pod('taken-over');
    expect(after.status.podIP).toBe(before.status.podIP);
    expect(newcomer.status.podIP).not.toBe(before.status.podIP);
  });
});
