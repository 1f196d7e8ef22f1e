import { expect, test } from 'vitest';
import type { ContainerSpec } from './pod.ts';
import { readinessOf } from './readiness.ts';

test.each<{ name: string; probes: Partial<ContainerSpec>; minReadyMs?: number; startedMs: number; readyMs: number }>([
  { name: 'no probe', probes: {}, startedMs: 0, readyMs: 0 },
  { name: 'the least delay', probes: {}, minReadyMs: 250, startedMs: 0, readyMs: 250 },
  { name: 'an initial delay', probes: { readinessProbe: { initialDelaySeconds: 5 } }, startedMs: 0, readyMs: 5_000 },
  {
    name: 'a success threshold',
    probes: { readinessProbe: { initialDelaySeconds: 5, periodSeconds: 3, successThreshold: 3 } },
    startedMs: 0,
    readyMs: 11_000,
  },
  {
    name: 'a startup probe that is slower than the readiness probe',
    probes: { startupProbe: { initialDelaySeconds: 8 }, readinessProbe: { initialDelaySeconds: 2 } },
    startedMs: 8_000,
    readyMs: 8_000,
  },
  {
    name: 'a readiness probe that fails',
    probes: { readinessProbe: { exec: { command: ['sh', '-c', 'exit 1'] } } },
    startedMs: 0,
    readyMs: Infinity,
  },
  {
    name: 'a startup probe that fails',
    probes: { startupProbe: { exec: { command: ['false'] } } },
    startedMs: Infinity,
    readyMs: Infinity,
  },
])('$name', ({ probes, minReadyMs = 0, startedMs, readyMs }) => {
  const readiness = readinessOf({ name: 'main', image: 'web:1', ...probes }, minReadyMs);
  expect(readiness).toEqual({ startedAfterMs: startedMs, readyAfterMs: readyMs });
});
