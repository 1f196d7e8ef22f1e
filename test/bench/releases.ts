/**
 * Releases many Rollouts at once on the local control plane and returns what it took. All times are milliseconds unless
 * named otherwise.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startControlPlane } from '../testbed/cluster/control-plane.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { ADMIN } from '../testbed/cluster/credentials.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { startKubeletProcess } from '../testbed/cluster/kubelet/process.ts';
import { added, requestCounts } from './api-requests.ts';
import { abort, createFleet, forAll, nameOf, promote, setImage } from './fleet.ts';
import { note } from './note.ts';
import { percentile } from './percentile.ts';
import { cpuSecondsOf, memoryOf } from './process-usage.ts';
import { Watcher } from './watcher.ts';

/** Resolves when the controller makes no request any more: events lag behind in a burst, on purpose. */
async function settled(controller: ControllerProcess): Promise<void> {
  for (let quiet = 0, before = ''; quiet < 3;) {
    const now = JSON.stringify([...(await requestCounts(controller.metricsUrl))]);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
    await delay(1000);
  }
}

async function cpuShareOver(controller: ControllerProcess, seconds: number): Promise<number> {
  const before = cpuSecondsOf(controller.pid);
  await delay(seconds * 1000);
  return Math.round(((cpuSecondsOf(controller.pid) - before) / seconds) * 10_000) / 100;
}

export async function benchReleases(
  size: number,
  loneCount: number,
  abortCount: number,
  idleSeconds: number,
): Promise<unknown> {
  await using plane = await startControlPlane();
  // A process of its own: the bench's event loop is the stop watch.
  await startKubeletProcess(plane);
  await installSerin(plane);
  const controller = await startController(plane, { flags: ['--loglevel', 'warn'] });
  const client = plane.client(ADMIN);
  const names = Array.from({ length: size }, (_, index) => nameOf(index));

  note(`creating ${size} Rollouts`);
  const createdAt = performance.now();
  await createFleet(client, size);
  const watcher = new Watcher(client);
  const allHealthy = () => names.every((name) => watcher.phaseOf(name) === 'Healthy');
  const created = (await watcher.until('all Rollouts to be Healthy', allHealthy)) - createdAt;

  note('measuring at rest');
  await settled(controller);
  const idleRequests = await requestCounts(controller.metricsUrl);
  const idleCpuPercent = await cpuShareOver(controller, idleSeconds);
  const idleWrites = added(idleRequests, await requestCounts(controller.metricsUrl));

  note('burst: all images change at once');
  const planeCpu = () => Object.values(plane.pids).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const planeBefore = planeCpu();
  const cpuBefore = cpuSecondsOf(controller.pid);
  const burstAt = performance.now();
  const burstWeightTimes: number[] = [];
  const writtenAt = new Map<string, number>();
  const pausedTimes = Promise.all(
    names.map(async (name) => {
      const seen = await watcher.weightIs(name, 20);
      burstWeightTimes.push(seen - (writtenAt.get(name) ?? burstAt));
    }),
  );
  await forAll(size, (index) => {
    writtenAt.set(nameOf(index), performance.now());
    return setImage(client, nameOf(index), 'web:2');
  });
  const allPaused = () => names.every((name) => watcher.phaseOf(name) === 'Paused' && watcher.indexOf(name) === 1);
  const burst = (await watcher.until('all Rollouts to pause at 20', allPaused)) - burstAt;
  await pausedTimes;
  const burstCpuSeconds = {
    controller: cpuSecondsOf(controller.pid) - cpuBefore,
    controlPlane: planeCpu() - planeBefore,
  };

  note('one release after the other: promote to 50');
  const lone: number[] = [];
  for (const name of names.slice(0, loneCount)) {
    await watcher.until(`${name} to pause`, () => watcher.phaseOf(name) === 'Paused');
    const seen = watcher.weightIs(name, 50);
    const at = performance.now();
    await promote(client, name);
    lone.push((await seen) - at);
  }

  note('all promote to 50 at once');
  const promoteAt = performance.now();
  const promoteTimes: number[] = [];
  const promoted = Promise.all(
    names.slice(loneCount).map(async (name) => {
      const seen = await watcher.weightIs(name, 50);
      promoteTimes.push(seen - (writtenAt.get(name) ?? promoteAt));
    }),
  );
  await forAll(size - loneCount, (index) => {
    const name = nameOf(index + loneCount);
    writtenAt.set(name, performance.now());
    return promote(client, name);
  });
  await promoted;
  await watcher.until('all Rollouts to pause at 50', () =>
    names.every((name) => watcher.indexOf(name) === 3 && watcher.phaseOf(name) === 'Paused'),
  );

  note('aborts, one after the other');
  const aborted: number[] = [];
  const abortedNames = names.slice(0, abortCount);
  for (const name of abortedNames) {
    const seen = watcher.weightIs(name, 0);
    const at = performance.now();
    await abort(client, name);
    aborted.push((await seen) - at);
  }
  await settled(controller);
  const abortedWaitCpuPercent = await cpuShareOver(controller, 15);

  note('all others are promoted to the end');
  const finishAt = performance.now();
  await forAll(size - abortCount, (index) => promote(client, nameOf(index + abortCount)));
  const rest = names.slice(abortCount);
  const finish =
    (await watcher.until('all others to be Healthy', () => rest.every((name) => watcher.phaseOf(name) === 'Healthy'))) -
    finishAt;
  const cpuSeconds = cpuSecondsOf(controller.pid) - cpuBefore;
  const memory = memoryOf(controller.pid);

  note('requests of one release');
  const single = rest.at(-1) ?? nameOf(0);
  await watcher.until('the former revision to be gone', () => watcher.rollouts.get(single)?.status?.replicas === 1);
  await settled(controller);
  const before = await requestCounts(controller.metricsUrl);
  await setImage(client, single, 'web:3');
  await watcher.until(`${single} at 20`, () => watcher.phaseOf(single) === 'Paused' && watcher.indexOf(single) === 1);
  await promote(client, single);
  await watcher.until(`${single} at 50`, () => watcher.phaseOf(single) === 'Paused' && watcher.indexOf(single) === 3);
  await promote(client, single);
  await watcher.until(
    `${single} to be done`,
    () => watcher.phaseOf(single) === 'Healthy' && watcher.rollouts.get(single)?.status?.replicas === 1,
  );
  await settled(controller);
  const release = added(before, await requestCounts(controller.metricsUrl));

  await watcher.stop();
  await controller.kill('SIGTERM');
  return {
    rollouts: size,
    created: Math.round(created),
    burst: Math.round(burst),
    burstCpuSeconds,
    burstToWeight: { p50: percentile(burstWeightTimes, 0.5), p99: percentile(burstWeightTimes, 0.99) },
    lone: { p50: percentile(lone, 0.5), p99: percentile(lone, 0.99) },
    promoteBurst: { p50: percentile(promoteTimes, 0.5), p99: percentile(promoteTimes, 0.99) },
    abort: { p50: percentile(aborted, 0.5), p99: percentile(aborted, 0.99) },
    finish: Math.round(finish),
    cpuSeconds: Math.round(cpuSeconds * 100) / 100,
    idleCpuPercent,
    idleRequests: idleWrites,
    abortedWaitCpuPercent,
    ...memory,
    requestsOfOneRelease: release,
  };
}
