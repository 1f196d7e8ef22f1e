import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeaderElection } from '../../src/runtime/leader-election.ts';
import { quietLogger, testMetrics } from './parts.ts';
import { ShardScene } from './shard-scene.ts';

const COMMON = 'lock';

let scene: ShardScene;
beforeEach(() => {
  scene = new ShardScene();
});
afterEach(() => scene.stop());

const sizes = (): readonly number[] => scene.processes.map(({ held }) => held.length);
const heldTogether = (): number => sizes().reduce((sum, size) => sum + size, 0);

describe('dividing', () => {
  test('one process holds all shards within a moment', async () => {
    const a = scene.start('a');
    await scene.pass(100);
    expect(a.held).toEqual([0, 1, 2, 3]);
    expect(a.told).toEqual(['gained 0', 'gained 1', 'gained 2', 'gained 3']);
  });

  test.each([
    [4, 2, [2, 2]],
    [4, 3, [2, 1, 1]],
    [5, 3, [2, 2, 1]],
    [2, 3, [1, 1, 0]],
    [16, 5, [4, 3, 3, 3, 3]],
  ])('%i shards are spread over %i processes as evenly as they can be', async (shards, processes, expected) => {
    for (let i = 0; i < processes; i++) scene.start(`p${i}`, { shards });
    await scene.pass(60_000);
    expect(sizes().toSorted((a, b) => b - a)).toEqual(expected);
    const before = scene.held;
    await scene.pass(120_000);
    expect(scene.held).toEqual(before);
  });

  test('a process that comes later gets its part, and each shard is left before it is gained elsewhere', async () => {
    const a = scene.start('a');
    await scene.pass(10_000);
    let finish = (): void => {};
    a.inHand = new Promise((resolve) => {
      finish = resolve;
    });
    const b = scene.start('b');
    await scene.until(() => a.told.includes('leaves 3'));
    await scene.pass(30_000);
    expect([a.held, b.held]).toEqual([[0, 1, 2, 3], []]);
    finish();
    expect(await scene.until(() => b.held.length === 2)).toBeLessThan(5000);
    expect([a.held, b.held]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(a.told.slice(4)).toEqual(['leaves 2', 'leaves 3']);
  });

  test('a process that stops gives its shards to the others at once', async () => {
    const [a, b] = [scene.start('a'), scene.start('b')];
    await scene.until(() => a.held.length === 2 && b.held.length === 2);
    await b.leases.stop();
    expect(await scene.until(() => a.held.length === 4)).toBeLessThan(6000);
  });

  test('instances share nothing with each other', async () => {
    const [a, b] = [scene.start('a'), scene.start('b', { instanceId: 'blue' })];
    await scene.pass(10_000);
    expect([a.held.length, b.held.length]).toEqual([4, 4]);
  });

  test('the metrics say which leases a process holds', async () => {
    const [a, b] = [scene.start('a', { shards: 2 }), scene.start('b', { shards: 2 })];
    await scene.until(() => a.held.length === 1 && b.held.length === 1);
    const lines = (await b.metrics.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('controller_leader'));
    expect(lines.toSorted()).toEqual(
      [
        'controller_leader{lease="lock"} 1',
        `controller_leader{lease="serin-shard-${a.held[0]}-of-2"} 0`,
        `controller_leader{lease="serin-shard-${b.held[0]}-of-2"} 1`,
      ].toSorted(),
    );
  });
});

describe('taking over', () => {
  test.each([2, 3])('the shards of a dead process are taken within its leases, by %i processes', async (processes) => {
    for (let i = 0; i < processes; i++) scene.start(`p${i}`);
    await scene.until(() => heldTogether() === 4 && Math.min(...sizes()) > 0);
    await scene.pass(10_000);
    scene.processes[0]?.kill();
    await scene.pass(12_000);
    expect(heldTogether()).toBeLessThan(4);
    // The lease, and the time between two looks at it.
    expect(await scene.until(() => heldTogether() === 4)).toBeLessThan(15_000 + 2 * 2400 - 12_000);
  });

  test('a frozen process writes nothing once others may have its shards, and ends when it goes on', async () => {
    const [a, b] = [scene.start('a'), scene.start('b')];
    await scene.until(() => a.held.length === 2 && b.held.length === 2);
    a.freeze();
    await scene.until(() => b.held.length === 4);
    expect(a.held).toEqual([]);
    a.thaw();
    await scene.pass(20_000);
    expect(a.held).toEqual([]);
    expect(a.told).toContain('lost everything');
    expect(b.held.length).toBe(4);
  });

  test('a process that cannot reach the server ends before its shards are taken', async () => {
    const [a, b] = [scene.start('a'), scene.start('b')];
    await scene.until(() => a.held.length === 2 && b.held.length === 2);
    a.failing = () => 'network';
    await scene.until(() => a.told.includes('lost everything'));
    expect(b.held.length).toBe(2);
    await scene.until(() => b.held.length === 4);
  });

  test('a process that loses one shard keeps the others, and may get it again', async () => {
    const a = scene.start('a', { shards: 2 });
    await scene.until(() => a.held.length === 2);
    a.failing = (name) => (name.startsWith('serin-shard-1') ? 'server' : null);
    await scene.until(() => a.told.includes('lost 1'));
    expect(a.held).toEqual([0]);
    a.failing = () => null;
    await scene.until(() => a.held.length === 2);
    expect(a.told).toEqual(['gained 0', 'gained 1', 'lost 1', 'gained 1']);
  });

  test('a common lease that was deleted is made again', async () => {
    const a = scene.start('a');
    await scene.pass(1000);
    scene.server.remove(COMMON);
    await scene.pass(30_000);
    expect(a.held.length).toBe(4);
  });
});

describe('agreeing on the number of shards', () => {
  test('processes with another number wait until all of the first are gone', async () => {
    const [a, b] = [scene.start('a', { shards: 2 }), scene.start('b', { shards: 2 })];
    await scene.until(() => a.held.length === 1 && b.held.length === 1);
    const c = scene.start('c', { shards: 4 });
    await scene.pass(60_000);
    await a.leases.stop();
    a.kill();
    await scene.until(() => b.held.length === 2);
    await scene.pass(60_000);
    expect(c.held).toEqual([]);
    await b.leases.stop();
    b.kill();
    // The common lease runs out: nobody knows that there is no other process of this number.
    const waitedMs = await scene.until(() => c.held.length === 4);
    expect(waitedMs).toBeGreaterThan(10_000);
    expect(waitedMs).toBeLessThan(20_000);
  });

  test('so do processes with another lease duration', async () => {
    const a = scene.start('a');
    await scene.until(() => a.held.length === 4);
    const b = scene.start('b', { leaseDurationMs: 30_000 });
    await scene.pass(60_000);
    expect([a.held.length, b.held.length]).toEqual([4, 0]);
  });

  test('so does a process without shards, and the others wait for it', async () => {
    const election = new LeaderElection({
      client: scene.server.client(),
      clock: scene.clock,
      logger: quietLogger,
      metrics: testMetrics(),
      lease: { namespace: 'serin', name: COMMON },
      identity: 'alone',
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2000,
      onAcquired: () => {},
      onLost: () => {},
    });
    const a = scene.start('a');
    await scene.until(() => a.held.length === 4);
    election.start();
    await scene.pass(60_000);
    expect([a.held.length, election.isLeader()]).toEqual([4, false]);
    a.kill();
    await scene.until(() => election.isLeader());
    const b = scene.start('b');
    await scene.pass(60_000);
    expect(b.held).toEqual([]);
    await election.stop();
    await scene.until(() => b.held.length === 4);
  });
});

test('seeded comings and goings never give a shard to two processes', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    scene = new ShardScene();
    let state = seed;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let turn = 0; turn < 20; turn++) {
      const one = scene.processes[draw(scene.processes.length)];
      switch (draw(7)) {
        case 0:
          one?.kill();
          break;
        case 1:
          one?.freeze();
          break;
        case 2:
          one?.thaw();
          break;
        case 3:
          if (one !== undefined) one.failing = () => (draw(2) === 0 ? 'network' : null);
          break;
        default:
          scene.start(`${seed}-${turn}`, { shards: draw(6) === 0 ? 3 : 4 });
      }
      await scene.pass(draw(25_000));
    }
    expect(scene.faults, `of seed ${seed}`).toEqual([]);
    await scene.stop();
  }
});
