/** Pods as servers: they stop as processes do, and the load that meets them counts what it gets. */
import { Agent } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../cluster/free-port.ts';
import type { Pod, Probe } from '../cluster/kubelet/pod.ts';
import { waitFor } from '../cluster/wait.ts';
import { ask } from './ask.ts';
import { HttpPods } from './http-pods.ts';
import { Load } from './load.ts';

const HOST = '127.0.0.1';
const LONG = 600_000;

async function podWith(image: string, args: readonly string[] = []): Promise<{ pod: Pod; port: number }> {
  const [port = 0] = await freePorts(1);
  const container = { name: 'web', image, args, ports: [{ containerPort: port }] };
  const metadata = { name: 'web-1', namespace: 'shop', uid: image, resourceVersion: '1' };
  return { pod: { metadata, spec: { restartPolicy: 'Always', containers: [container] } }, port };
}

test('what is under way is answered after SIGTERM, and nothing new is accepted', async () => {
  const pods = new HttpPods();
  const { pod, port } = await podWith('argoproj/rollouts-demo:slow-red', ['--termination-delay=0']);
  await pods.start(pod, HOST, () => undefined);
  const underWay = ask({ host: HOST, port }, { host: 'web' });
  // A page that is asked for later is answered after the first request has arrived.
  expect((await ask({ host: HOST, port }, { host: 'web', path: '/' })).body).toContain('red');
  const stopping = pods.stop(pod, LONG);
  await waitFor(
    () =>
      ask({ host: HOST, port }, { host: 'web' }).then(
        () => false,
        (error: unknown) => String(error).includes('ECONNREFUSED'),
      ),
    { what: 'new connections to be refused' },
  );
  expect((await underWay).body).toBe('"red"');
  await stopping;
});

test('a program that serves on after SIGTERM asks its clients to close, and is cut off when its grace is over', async () => {
  const pods = new HttpPods();
  const { pod, port } = await podWith('argoproj/rollouts-demo:blue', ['--termination-delay=600']);
  await pods.start(pod, HOST, () => undefined);
  const kept = new Agent({ keepAlive: true });
  onTestFinished(() => kept.destroy());
  expect((await ask({ host: HOST, port }, { host: 'web' }, kept)).headers.connection).toBe('keep-alive');
  const stopped = pods.stop(pod, 300);
  expect((await ask({ host: HOST, port }, { host: 'web' }, kept)).headers.connection).toBe('close');
  await stopped;
  await expect(ask({ host: HOST, port }, { host: 'web' })).rejects.toThrow('ECONNREFUSED');
});

test('a pod that is stopped while it starts leaves no server behind', async () => {
  const pods = new HttpPods();
  const { pod, port } = await podWith('shop/web:1');
  const starting = pods.start(pod, HOST, () => undefined);
  await pods.stop(pod, 0);
  await starting;
  await expect(ask({ host: HOST, port }, { host: 'web' })).rejects.toThrow('ECONNREFUSED');
});

test('a container that starts again at once, as after a crash, gets its port', async () => {
  const pods = new HttpPods();
  const { pod, port } = await podWith('shop/web:1');
  await pods.start(pod, HOST, () => undefined);
  const stopped = pods.stop(pod, 0);
  await pods.start(pod, HOST, () => undefined);
  await stopped;
  expect((await ask({ host: HOST, port }, { host: 'web' })).body).toContain('shop/web:1');
  await pods.stop(pod, 0);
});

test('a load counts every answer by version, and keeps failures with their moment', async () => {
  const pods = new HttpPods();
  const { pod, port } = await podWith('shop/web:1');
  await pods.start(pod, HOST, () => undefined);
  const startedAt = Date.now();
  const load = new Load({ host: HOST, port }, { host: 'web', freshEvery: 4 });
  const served = await load.next(100);
  expect(served.byVersion()).toEqual({ 1: served.count });
  expect(served.percentOf('1')).toBe(100);
  expect(served.notFrom('1')).toEqual([]);
  expect(served.failures).toEqual([]);
  await pods.stop(pod, LONG);
  await waitFor(() => load.answers.failures.length, { what: 'failures', until: (count) => count > 10 });
  const { all, failures } = await load.stop();
  expect(failures[0]).toMatchObject({ status: 0, version: '' });
  expect(failures.at(-1)?.complaint).toContain('ECONNREFUSED');
  for (const { sentAt, doneAt } of failures) expect(sentAt >= startedAt && doneAt >= sentAt).toBe(true);
  const fresh = all.filter((one) => one.fresh).length;
  expect(fresh / all.length).toBeCloseTo(0.25, 1);
});

describe('a readiness probe', () => {
  async function probed(image: string, probe: (port: number) => Probe): Promise<{ pod: Pod; told: boolean[] }> {
    const { pod, port } = await podWith(image);
    const [container] = pod.spec.containers;
    if (container === undefined) throw new Error('the pod has no container');
    const containers = [{ ...container, readinessProbe: { periodSeconds: 0.02, ...probe(port) } }];
    return { pod: { ...pod, spec: { ...pod.spec, containers } }, told: [] };
  }

  test.for<{ readonly name: string; readonly probe: (port: number) => Probe }>([
    { name: 'by HTTP', probe: (port) => ({ httpGet: { path: '/', port } }) },
    { name: 'by TCP', probe: (port) => ({ tcpSocket: { port } }) },
  ])('$name succeeds where somebody listens', async ({ probe }) => {
    const pods = new HttpPods();
    const { pod, told } = await probed('shop/web:1', probe);
    await pods.start(pod, HOST, (serving) => told.push(serving));
    expect(told).toEqual([]);
    await pods.stop(pod, 0);
  });

  test('of a program that fails now and then comes and goes', async () => {
    const pods = new HttpPods();
    const probe = (port: number): Probe => ({ httpGet: { path: '/color', port }, failureThreshold: 1 });
    const { pod, told } = await probed('argoproj/rollouts-demo:bad-red', probe);
    await pods.start(pod, HOST, (serving) => told.push(serving));
    await waitFor(() => told.length >= 2, { what: 'readiness to go and come back' });
    expect(told.slice(0, 2)).toEqual([false, true]);
    await pods.stop(pod, 0);
  });

  test('of a port that nobody listens on never succeeds', async () => {
    const pods = new HttpPods();
    const [nobody = 0] = await freePorts(1);
    const { pod } = await probed('shop/web:1', () => ({ httpGet: { port: nobody } }));
    let started = false;
    const starting = pods.start(pod, HOST, () => undefined).then(() => (started = true));
    // Long enough for many attempts; a port that is right succeeds at the first.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(started).toBe(false);
    await pods.stop(pod, 0);
    await starting;
  });
});
