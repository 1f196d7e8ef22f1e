/** A pod in the words of `kubectl get pods`. */
import type { ContainerStatus, Pod } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';

export interface PodView {
  readonly name: string;
  /** As `kubectl get pods` has it: a phase, or the reason of the container that keeps the pod from running. */
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
}

export function podView(pod: Pod): PodView {
  const containers = pod.status?.containerStatuses ?? [];
  const sidecars = (pod.status?.initContainerStatuses ?? []).filter(({ name }) => isSidecar(pod, name));
  const counted = [...containers, ...sidecars];
  return {
    name: pod.metadata.name,
    status: statusOf(pod),
    createdAt: parseTime(pod.metadata.creationTimestamp),
    readyContainers: counted.filter(({ ready, state }) => ready && state?.running !== undefined).length,
    containers: (pod.spec?.containers ?? []).length + sidecars.length,
    restarts: counted.reduce((sum, { restartCount }) => sum + restartCount, 0),
  };
}

function statusOf(pod: Pod): string {
  const { status, metadata } = pod;
  const phase = status?.phase ?? 'Unknown';
  const hasEnded = phase === 'Succeeded' || phase === 'Failed';
  if (metadata.deletionTimestamp !== undefined && !hasEnded) {
    return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  return initStatusOf(pod) ?? containersStatusOf(pod) ?? (status?.reason || gateOf(pod) || phase);
}

/** `null` once all init containers have done their work. */
function initStatusOf(pod: Pod): string | null {
  const { initContainerStatuses = [], conditions = [] } = pod.status ?? {};
  if (conditions.some(({ type, status }) => type === 'Initialized' && status === 'True')) return null;
  const pending = initContainerStatuses.findIndex((one) => !hasDoneItsWork(pod, one));
  const state = initContainerStatuses[pending]?.state;
  if (pending === -1) return null;
  if (state?.terminated !== undefined) return `Init:${endOf(state.terminated)}`;
  const waiting = state?.waiting?.reason ?? '';
  return waiting === '' || waiting === 'PodInitializing'
    ? `Init:${pending}/${(pod.spec?.initContainers ?? []).length}`
    : `Init:${waiting}`;
}

function hasDoneItsWork(pod: Pod, { name, started, state }: ContainerStatus): boolean {
  return isSidecar(pod, name) ? started === true : state?.terminated?.exitCode === 0;
}

/** `null` when no container has anything to say. The first container that has something decides. */
function containersStatusOf(pod: Pod): string | null {
  const { containerStatuses = [], conditions = [] } = pod.status ?? {};
  const reasons = containerStatuses.flatMap(({ state }) => {
    if (state?.waiting !== undefined) return state.waiting.reason ?? [];
    return state?.terminated === undefined ? [] : endOf(state.terminated);
  });
  const [reason] = reasons;
  const runs = containerStatuses.some(({ ready, state }) => ready && state?.running !== undefined);
  if (reason !== 'Completed' || !runs) return reason ?? null;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? 'Running' : 'NotReady';
}

function endOf({
  reason = '',
  signal = 0,
  exitCode,
}: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>) {
  if (reason !== '') return reason;
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

function gateOf({ status }: Pod): string {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return scheduled?.reason === 'SchedulingGated' ? scheduled.reason : '';
}

function isSidecar({ spec }: Pod, name: string): boolean {
  return spec?.initContainers?.some((one) => one.name === name && one.restartPolicy === 'Always') ?? false;
}
