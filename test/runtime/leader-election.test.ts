import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeaderElection } from '../../src/runtime/leader-election.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { ManualClock } from './manual-clock.ts';
import { type ClientParts, clientOf, quietLogger } from './parts.ts';

const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/serin/leases/lock';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let told: string[];
/** Requests without an answer so far. */
let inFlight: Set<Promise<unknown>>;
/** Whether the server leaves requests unanswered, so that nobody should wait for them. */
let hanging: boolean;
const started: LeaderElection[] = [];

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
  clock = new ManualClock();
  told = [];
  inFlight = new Set();
  hanging = false;
});

function tracked<Answer>(request: Promise<Answer>): Promise<Answer> {
  inFlight.add(request);
  void request.catch(() => undefined).finally(() => inFlight.delete(request));
  return request;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((election) => election.stop()));
  await parts.transport.close();
  await server.stop();
});

function candidate(identity: string): LeaderElection {
  const { client } = parts;
  const election = new LeaderElection({
    client: {
      get: (...args) => tracked(client.get(...args)),
      create: (...args) => tracked(client.create(...args)),
      patch: (...args) => tracked(client.patch(...args)),
    },
    clock,
    logger: quietLogger,
    metrics: parts.metrics,
    lease: { namespace: 'serin', name: 'lock' },
    identity,
    leaseDurationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 2000,
    onAcquired: () => told.push(`${identity} acquired`),
    onLost: () => told.push(`${identity} lost`),
    random: () => 0,
  });
  started.push(election);
  election.start();
  return election;
}

const lease = (): Record<string, unknown> => (server.object(LEASE_PATH)?.['spec'] ?? {}) as Record<string, unknown>;

/** Moves the clock in small steps and lets every answer of the server arrive in between, however slow the machine is. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    await clock.advance(500);
    for (let waiting = answersToCome(); waiting.length > 0; waiting = answersToCome()) {
      await Promise.allSettled(waiting);
      await clock.advance(0);
    }
  }
}

function answersToCome(): Promise<unknown>[] {
  return hanging ? [] : [...inFlight];
}

async function leads(election: LeaderElection): Promise<void> {
  await expect.poll(() => election.isLeader()).toBe(true);
}

describe('taking the lease', () => {
  test('creates it where there is none', async () => {
    await leads(candidate('a'));
    expect(told).toEqual(['a acquired']);
    expect(lease()).toMatchObject({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
  });

  test('takes a free one at once', async () => {
    server.put(LEASE_PATH, { spec: { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 3 } });
    await leads(candidate('b'));
    expect(lease()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 4 });
  });

  test('waits for the whole duration of a dead holder, however old its times look', async () => {
    server.put(LEASE_PATH, {
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z' },
    });
    const b = candidate('b');
    await pass(14_000);
    expect(b.isLeader()).toBe(false);
    await pass(4000);
    await leads(b);
  });

  test("does not wait longer because the holder's clock is ahead", async () => {
    server.put(LEASE_PATH, {
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2999-01-01T00:00:00.000000Z' },
    });
    const b = candidate('b');
    await pass(18_000);
    expect(b.isLeader()).toBe(true);
  });

  test('outlives a server that fails', async () => {
    server.fault = () => ({ status: 500 });
    const a = candidate('a');
    await pass(6000);
    expect(a.isLeader()).toBe(false);
    server.fault = () => undefined;
    await pass(3000);
    await leads(a);
  });
});

describe('holding the lease', () => {
  test('renews it, so that a second candidate never gets it', async () => {
    const a = candidate('a');
    await leads(a);
    const b = candidate('b');
    await pass(60_000);
    expect([a.isLeader(), b.isLeader()]).toEqual([true, false]);
    expect(lease()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
    expect(told).toEqual(['a acquired']);
  });

  test.each([
    ['that goes back', -3_600_000],
    ['that is a little ahead', 1000],
  ])('survives a failure shorter than the deadline, with a wall clock %s', async (_name, jumpMs) => {
    const a = candidate('a');
    await leads(a);
    clock.jumpWall(jumpMs);
    server.fault = () => 'cut';
    await pass(7000);
    server.fault = () => undefined;
    await pass(20_000);
    expect(a.isLeader()).toBe(true);
    expect(told).toEqual(['a acquired']);
  });

  test.each([
    ['a server that refuses', { status: 500 }],
    ['a server that does not answer', 'hang'],
    ['a network that is cut', 'cut'],
  ] as const)('gives up at the deadline: %s', async (_name, fault) => {
    const a = candidate('a');
    await leads(a);
    server.fault = () => fault;
    hanging = fault === 'hang';
    await pass(9500);
    expect(a.isLeader()).toBe(true);
    await pass(1000);
    expect(a.isLeader()).toBe(false);
    expect(told).toEqual(['a acquired', 'a lost']);
  });

  test('is not leader the moment it goes on after standing still for too long', async () => {
    const a = candidate('a');
    await leads(a);
    clock.freeze(10_000);
    expect(a.isLeader()).toBe(false);
    await pass(500);
    expect(told).toEqual(['a acquired', 'a lost']);
  });

  test('is not leader the moment it goes on after the whole machine stood still, and with it the monotonic clock', async () => {
    const a = candidate('a');
    await leads(a);
    clock.jumpWall(10_000);
    expect(a.isLeader()).toBe(false);
    await pass(2500);
    expect(told).toEqual(['a acquired', 'a lost']);
  });

  test('stops at once when another holds it', async () => {
    const a = candidate('a');
    await leads(a);
    server.put(LEASE_PATH, { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } });
    await pass(2500);
    expect(a.isLeader()).toBe(false);
    expect(told).toEqual(['a acquired', 'a lost']);
  });

  test('holds on when somebody only touches the object', async () => {
    const a = candidate('a');
    await leads(a);
    server.put(LEASE_PATH, { ...server.object(LEASE_PATH), metadata: { labels: { touched: 'yes' } } });
    await pass(20_000);
    expect(a.isLeader()).toBe(true);
    expect(told).toEqual(['a acquired']);
  });
});

describe('giving it back', () => {
  test('lets the next candidate in without waiting for the lease to run out', async () => {
    const a = candidate('a');
    await leads(a);
    const b = candidate('b');
    await pass(1000);
    await a.stop();
    expect(lease()['holderIdentity']).toBe('');
    await pass(3000);
    await leads(b);
    expect(told).toEqual(['a acquired', 'b acquired']);
  });

  const releases = () =>
    server.requests.filter(({ method, body }) => {
      const spec = (body as { spec?: { holderIdentity?: string } } | undefined)?.spec;
      return method === 'PATCH' && spec?.holderIdentity === '';
    }).length;

  test('is tried once more when somebody has touched the object', async () => {
    const a = candidate('a');
    await leads(a);
    server.put(LEASE_PATH, { ...server.object(LEASE_PATH), metadata: { labels: { touched: 'yes' } } });
    await a.stop();
    expect(lease()['holderIdentity']).toBe('');
    expect(releases()).toBe(2);
  });

  test('is not tried once more when another holds it by now', async () => {
    const a = candidate('a');
    await leads(a);
    server.put(LEASE_PATH, { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } });
    await a.stop();
    expect(lease()['holderIdentity']).toBe('thief');
    expect(releases()).toBe(1);
  });

  test('ends after a few seconds when nobody answers', async () => {
    const a = candidate('a');
    await leads(a);
    server.fault = () => 'hang';
    hanging = true;
    let hasStopped = false;
    const stopped = a.stop().then(() => (hasStopped = true));
    await expect.poll(releases).toBe(1);
    await pass(2500);
    expect(hasStopped).toBe(false);
    await pass(1000);
    await stopped;
  });

  test('touches nothing when it is not ours', async () => {
    server.put(LEASE_PATH, { spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } });
    const b = candidate('b');
    await pass(1000);
    await b.stop();
    expect(lease()['holderIdentity']).toBe('other');
  });
});

test('a deadline beyond the lease is refused', () => {
  expect(
    () =>
      new LeaderElection({
        client: parts.client,
        clock,
        logger: quietLogger,
        metrics: parts.metrics,
        lease: { namespace: 'serin', name: 'lock' },
        identity: 'a',
        leaseDurationMs: 10_000,
        renewDeadlineMs: 10_000,
        retryPeriodMs: 2000,
        onAcquired: () => undefined,
        onLost: () => undefined,
      }),
  ).toThrow('lease duration > renew deadline');
});
