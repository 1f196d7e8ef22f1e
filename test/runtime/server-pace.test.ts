import { beforeEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/runtime/exchange.ts';
import { ServerPace } from '../../src/runtime/server-pace.ts';
import { ManualClock } from './manual-clock.ts';

let clock: ManualClock;
let pace: ServerPace;

beforeEach(() => {
  clock = new ManualClock();
  pace = new ServerPace(clock);
});

interface Answer {
  readonly ms: number;
  readonly attempt?: string;
  readonly method?: HttpRequest['method'];
  readonly status?: number;
}

async function answered({ ms, attempt = 'patch rollouts/status shop/web', method = 'PATCH', status = 200 }: Answer) {
  const transport = pace.timed({
    send: async () => {
      await clock.advance(ms);
      return { status, headers: {}, body: '' };
    },
  });
  await transport.send({ attempt, method, path: '/', headers: {}, timeoutMs: 1000 });
}

async function manyAnswered(answer: Answer): Promise<void> {
  for (let count = 0; count < 300; count += 1) await answered(answer);
}

describe('the limit', () => {
  test('is none at first, and while answers come as quickly as they ever do', async () => {
    expect(pace.limit).toBe(Infinity);
    await manyAnswered({ ms: 10 });
    expect(pace.limit).toBe(Infinity);
  });

  test.each([
    { ms: 12, limit: 18 },
    { ms: 20, limit: 6 },
    { ms: 40, limit: 4 },
    { ms: 1000, limit: 3 },
  ])('lets three wait: $limit where answers that can take 10 ms take $ms', async ({ ms, limit }) => {
    await answered({ ms: 10 });
    await manyAnswered({ ms });
    // The mean comes near, and does not arrive.
    expect(pace.limit).toBeGreaterThanOrEqual(limit);
    expect(pace.limit).toBeLessThanOrEqual(limit + 1);
  });

  test('goes when the answers are quick again', async () => {
    await answered({ ms: 10 });
    await manyAnswered({ ms: 100 });
    await manyAnswered({ ms: 10 });
    expect(pace.limit).toBeGreaterThan(1000);
  });

  test('is not for one answer that took long', async () => {
    await manyAnswered({ ms: 10 });
    await answered({ ms: 60_000 });
    expect(pace.limit).toBeGreaterThan(6);
  });
});

describe('an answer is held against the quickest', () => {
  test('of its kind: a status takes longer than an event', async () => {
    for (let count = 0; count < 100; count += 1) {
      await answered({ ms: 10 });
      await answered({ ms: 1, attempt: 'create events shop/web.1', method: 'POST' });
    }
    expect(pace.limit).toBe(Infinity);
  });

  test('of this time: what was quick an hour ago may not be so any more', async () => {
    await answered({ ms: 10 });
    await clock.advance(3_600_000);
    await manyAnswered({ ms: 100 });
    await clock.advance(3_600_000);
    await manyAnswered({ ms: 100 });
    expect(pace.limit).toBeGreaterThan(1000);
  });

  test('and not one that was refused or only read', async () => {
    await answered({ ms: 1, status: 409 });
    await answered({ ms: 1, method: 'GET' });
    await manyAnswered({ ms: 10 });
    expect(pace.limit).toBe(Infinity);
    for (let count = 0; count < 100; count += 1) await answered({ ms: 500, method: 'GET' });
    expect(pace.limit).toBe(Infinity);
  });
});

test('an error of the transport stays what it is', async () => {
  const transport = pace.timed({ send: () => Promise.reject(new Error('no answer')) });
  const request = {
    attempt: 'patch rollouts shop/web',
    method: 'PATCH',
    path: '/',
    headers: {},
    timeoutMs: 1,
  } as const;
  await expect(transport.send(request)).rejects.toThrow('no answer');
  expect(pace.limit).toBe(Infinity);
});
