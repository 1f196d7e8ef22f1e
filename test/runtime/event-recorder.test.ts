import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventNote } from '../../src/kube/plan.ts';
import { EventRecorder } from '../../src/runtime/event-recorder.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { ManualClock } from './manual-clock.ts';
import { type ClientParts, clientOf, quietLogger } from './parts.ts';

const EVENTS_PATH = '/api/v1/namespaces/shop/events';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let observed: string[];
let recorder: EventRecorder;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
  clock = new ManualClock();
  observed = [];
  recorder = new EventRecorder({
    client: parts.client,
    clock,
    logger: quietLogger,
    metrics: parts.metrics,
    component: 'rollouts-controller',
    instance: 'pod-1',
    observer: ({ name }, { reason }) => observed.push(`${name} ${reason}`),
  });
});

afterEach(async () => {
  await recorder.close(0);
  await parts.transport.close();
  await server.stop();
});

const subject = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  namespace: 'shop',
  name,
  uid: `uid-of-${name}`,
});
const note = (reason: string, message = reason): EventNote => ({ type: 'Normal', reason, message });

/** A lull, in which what was noted is written. */
const lull = () => clock.advance(1000);
const written = () => server.objects(EVENTS_PATH);
const reasonsByName = (): unknown[] =>
  written()
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map(({ reason }) => reason);

test('an event says what happened to which object, when, and who says so', async () => {
  recorder.record(subject('web'), note('RolloutPaused', 'Rollout is paused'));
  await lull();
  await expect.poll(() => written().length).toBe(1);
  expect(written()[0]).toMatchObject({
    involvedObject: subject('web'),
    type: 'Normal',
    reason: 'RolloutPaused',
    message: 'Rollout is paused',
    count: 1,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    source: { component: 'rollouts-controller' },
  });
  expect(observed).toEqual(['web RolloutPaused']);
});

test("one object's events are written in the order in which they were noted, and their names keep it", async () => {
  const reasons = Array.from({ length: 20 }, (_, index) => `R${index}`);
  for (const reason of reasons) recorder.record(subject('web'), note(reason));
  await lull();
  await expect.poll(() => written().length).toBe(20);
  expect(server.requests.map(({ body }) => (body as EventNote).reason)).toEqual(reasons);
  expect(reasonsByName()).toEqual(reasons);
});

test('a long name still makes a valid one', async () => {
  recorder.record(subject('x'.repeat(253)), note('R'));
  await lull();
  await expect.poll(() => written().length).toBe(1);
  expect(written()[0]?.metadata.name).toHaveLength(253);
});

describe('repeats', () => {
  test('are counted on the event that exists', async () => {
    for (let times = 0; times < 3; times += 1) {
      recorder.record(subject('web'), note('R'));
      await clock.advance(10_000);
      await expect.poll(() => written()[0]?.['count']).toBe(times + 1);
    }
    expect(written()).toHaveLength(1);
    expect(written()[0]).toMatchObject({
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:20Z',
    });
  });

  test('are new events after a while, with another message, or about another object', async () => {
    recorder.record(subject('web'), note('R'));
    recorder.record(subject('web'), note('R', 'another message'));
    recorder.record(subject('api'), note('R'));
    await lull();
    await expect.poll(() => written().length).toBe(3);
    await clock.advance(600_000);
    recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => written().length).toBe(4);
  });

  test('of an event that is gone by now are a new event', async () => {
    recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => written().length).toBe(1);
    server.remove(`${EVENTS_PATH}/${written()[0]?.metadata.name}`);
    recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => written().length).toBe(1);
  });
});

test('when too many wait, news is lost before warnings', async () => {
  for (let index = 0; index < 10_000; index += 1) recorder.record(subject(`web-${index}`), note('R'));
  recorder.record(subject('one-too-many'), note('R'));
  expect(await parts.metrics.registry.metrics()).toContain('controller_events_dropped_total{cause="queue-full"} 1');
  recorder.record(subject('broken'), { ...note('FailedCreate'), type: 'Warning' });
  await expect.poll(() => reasonsByName()).toEqual(['FailedCreate']);
  const closed = recorder.close(1);
  await clock.advance(1);
  await closed;
});

test('a flood about one object is cut off, and others are not hurt', async () => {
  for (let index = 0; index < 300; index += 1) recorder.record(subject('web'), note(`R${index}`));
  recorder.record(subject('api'), note('R'));
  // So many are no lull, and wait as long as they may.
  await clock.advance(2000);
  await expect.poll(() => written().length).toBe(101);
  expect(observed).toHaveLength(301);
  for (let index = 300; index < 310; index += 1) recorder.record(subject('web'), note(`R${index}`));
  await lull();
  await expect.poll(() => written().length).toBe(103);
  expect(await parts.metrics.registry.metrics()).toContain('controller_events_dropped_total{cause="rate-limit"} 208');
});

describe('before they are written', () => {
  const names = () => server.requests.map(({ body }) => (body as { reason?: string; count?: number }).reason);

  test('events wait for a lull', async () => {
    recorder.record(subject('web'), note('R'));
    expect(clock.pendingTimers).toBe(1);
    expect(written()).toHaveLength(0);
    await lull();
    await expect.poll(() => written().length).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('those of a burst wait longer, and not for ever', async () => {
    const second = async (index: number) => {
      for (let one = 0; one < 21; one += 1) recorder.record(subject(`web-${index}-${one}`), note('R'));
      await lull();
    };
    for (let index = 0; index < 29; index += 1) await second(index);
    expect(server.requests).toHaveLength(0);
    await second(29);
    await second(30);
    await expect.poll(() => written().length).toBeGreaterThan(0);
    await lull();
    await expect.poll(() => written().length).toBe(31 * 21);
  });

  test('a warning does not wait, nor what the object said before it', async () => {
    recorder.record(subject('web'), note('RolloutPaused'));
    recorder.record(subject('api'), note('RolloutPaused'));
    recorder.record(subject('web'), { type: 'Warning', reason: 'RolloutAborted', message: 'bad' });
    await expect.poll(names).toEqual(['RolloutPaused', 'RolloutAborted']);
    await lull();
    await expect.poll(() => written().length).toBe(3);
  });

  test('repeats are counted, and written as one', async () => {
    recorder.record(subject('web'), note('first'));
    for (let times = 0; times < 3; times += 1) {
      recorder.record(subject('web'), note('R'));
      await clock.advance(300);
    }
    await lull();
    await expect.poll(() => written().length).toBe(2);
    expect(reasonsByName()).toEqual(['first', 'R']);
    expect(written().find((one) => one['reason'] === 'R')).toMatchObject({
      count: 3,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  test('repeats of a written event are counted on it by one request', async () => {
    recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => written().length).toBe(1);
    for (let times = 0; times < 4; times += 1) recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => written()[0]?.['count']).toBe(5);
    expect(server.requests).toHaveLength(2);
  });

  test('what another event says is observed and not written', async () => {
    recorder.record(subject('web'), { ...note('PatchingCanaryIngress'), saidByAnother: true });
    recorder.record(subject('web'), note('TrafficWeightUpdated'));
    await lull();
    await expect.poll(names).toEqual(['TrafficWeightUpdated']);
    expect(observed).toEqual(['web PatchingCanaryIngress', 'web TrafficWeightUpdated']);
  });

  test('a scrape says how many there are', async () => {
    recorder.record(subject('web'), note('R'));
    recorder.record(subject('api'), note('R'));
    const line = 'controller_events_waiting{namespace="shop",kind="Rollout"}';
    expect(await parts.metrics.registry.metrics()).toContain(`${line} 2`);
    await lull();
    await expect.poll(() => parts.metrics.registry.metrics()).not.toContain(line);
  });
});

describe('failures', () => {
  test('that may pass are tried again, and order is kept', async () => {
    let failures = 2;
    server.fault = () => (failures-- > 0 ? { status: 500 } : undefined);
    recorder.record(subject('web'), note('first'));
    recorder.record(subject('web'), note('second'));
    await lull();
    for (const requests of [1, 2]) {
      await expect.poll(() => server.requests.length).toBe(requests);
      await expect.poll(() => clock.pendingTimers).toBe(1);
      await clock.advance(5000);
    }
    await expect.poll(() => written().length).toBe(2);
    expect(reasonsByName()).toEqual(['first', 'second']);
  });

  test('that will not pass lose one event and nothing else', async () => {
    server.fault = ({ body }) => ((body as EventNote).reason === 'bad' ? { status: 403 } : undefined);
    recorder.record(subject('web'), note('bad'));
    recorder.record(subject('web'), note('good'));
    await lull();
    await expect.poll(reasonsByName).toEqual(['good']);
  });

  test('an attempt whose answer was lost is not written twice', async () => {
    server.fault = (request) => {
      if (server.requests.length > 1) return undefined;
      const { name } = (request.body as { metadata: { name: string } }).metadata;
      server.put(`${EVENTS_PATH}/${name}`, request.body as Record<string, unknown>);
      return 'cut';
    };
    recorder.record(subject('web'), note('R'));
    await lull();
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await clock.advance(5000);
    await expect.poll(() => server.requests.length).toBe(2);
    await recorder.close(1000);
    expect(written()).toHaveLength(1);
  });
});

describe('close', () => {
  test('waits until everything is written', async () => {
    for (let index = 0; index < 20; index += 1) recorder.record(subject(`web-${index}`), note('R'));
    await recorder.close(60_000);
    expect(written()).toHaveLength(20);
    recorder.record(subject('web'), note('late'));
    expect(written()).toHaveLength(20);
  });

  test('does not wait longer than its limit', async () => {
    server.fault = () => 'hang';
    recorder.record(subject('web'), note('R'));
    const closed = recorder.close(1000);
    await clock.advance(1000);
    await closed;
    expect(written()).toHaveLength(0);
  });
});
