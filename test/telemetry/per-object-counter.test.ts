import { beforeEach, expect, test } from 'vitest';
import { MetricsRegistry } from '../../src/telemetry/metrics-registry.ts';
import { PerObjectCounter } from '../../src/telemetry/per-object-counter.ts';

let registry: MetricsRegistry;
let counter: PerObjectCounter<'verb'>;

beforeEach(() => {
  registry = new MetricsRegistry();
  counter = new PerObjectCounter({ name: 'requests', help: '-', labelNames: ['verb'], registry, maxObjects: 2 });
});

const count = (name: string, verb = 'Get'): void => counter.inc({ namespace: 'shop', name, verb });

async function counted(): Promise<string[]> {
  const lines = (await registry.metrics()).matchAll(/name="(.*)",verb="(.*)"\} (\d+)/g);
  return [...lines].map(([, name, verb, value]) => `${name} ${verb} ${value}`).sort();
}

test('counts each series of each object', async () => {
  for (const verb of ['Get', 'Patch', 'Get']) count('a', verb);
  count('b');
  expect(await counted()).toEqual(['a Get 2', 'a Patch 1', 'b Get 1']);
});

test('forgets every series of one object, which starts at 1 again', async () => {
  for (const verb of ['Get', 'Patch']) count('a', verb);
  count('b');
  counter.forget('shop', 'a');
  counter.forget('shop', 'never-counted');
  expect(await counted()).toEqual(['b Get 1']);
  count('a');
  expect(await counted()).toEqual(['a Get 1', 'b Get 1']);
});

test('with too many objects it forgets the one that was not counted for longest', async () => {
  count('a');
  count('b');
  count('a');
  count('c');
  expect(await counted()).toEqual(['a Get 2', 'c Get 1']);
});

test('an object that nothing is asked for any more is forgotten, and takes no other with it', async () => {
  let now = 0;
  const idle = { maxObjects: 10, idleMs: 100, now: () => now };
  registry = new MetricsRegistry();
  counter = new PerObjectCounter({ name: 'idle', help: '-', labelNames: ['verb'], registry, ...idle });
  count('gone');
  count('busy');
  now = 60;
  count('busy');
  now = 101;
  count('new');
  expect(await counted()).toEqual(['busy Get 2', 'new Get 1']);
});
