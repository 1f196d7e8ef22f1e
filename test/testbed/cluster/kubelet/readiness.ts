/**
 * When a running container counts as started and as ready: the delays of its probes, which are taken to
 * succeed at their first try. An exec probe whose command fails (`["false"]`) never succeeds.
 * HTTP and TCP probes are not sent; a PodRuntime that serves the pod is waited for instead.
 */
import { outcomeOf } from './command.ts';
import type { ContainerSpec, Probe } from './pod.ts';

/** Milliseconds after the container's start; Infinity is never. */
export interface Readiness {
  readonly startedAfterMs: number;
  readonly readyAfterMs: number;
}

/** `minReadyMs` is a delay that every container has, probe or not. */
export function readinessOf(container: ContainerSpec, minReadyMs: number): Readiness {
  const startedAfterMs = firstSuccessMs(container.startupProbe);
  return {
    startedAfterMs,
    readyAfterMs: Math.max(startedAfterMs, minReadyMs, firstSuccessMs(container.readinessProbe)),
  };
}

function firstSuccessMs(probe: Probe | undefined): number {
  if (probe === undefined) return 0;
  const outcome = outcomeOf(probe.exec?.command ?? []);
  if (outcome.kind === 'cannot-start' || (outcome.kind === 'exits' && outcome.code !== 0)) return Infinity;
  const repeats = (probe.successThreshold ?? 1) - 1;
  return ((probe.initialDelaySeconds ?? 0) + repeats * (probe.periodSeconds ?? 10)) * 1_000;
}
