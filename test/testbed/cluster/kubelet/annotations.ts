/** What a test may write on a pod to steer the kubelet. All apply to every container of the pod. */
import type { Pod } from './pod.ts';

/** `"false"` keeps a running pod unready, `"true"` makes it ready whatever its probes say. May change at any time. */
export const READY = 'serin.test/ready';
/** The containers end by themselves after this many seconds, whatever their command. */
export const RUN_SECONDS = 'serin.test/run-seconds';
/** The code they end with; alone it means that they end at once. */
export const EXIT_CODE = 'serin.test/exit-code';
/** Whenever this changes on a running pod to another value, its containers crash: they end at once with code 1. */
export const CRASH = 'serin.test/crash';
/** The containers need this many seconds to stop after preStop, if the grace period lets them. */
export const STOP_SECONDS = 'serin.test/stop-seconds';

export function numberFrom(pod: Pod, annotation: string): number | undefined {
  const text = pod.metadata.annotations?.[annotation];
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? undefined : value;
}
