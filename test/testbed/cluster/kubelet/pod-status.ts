/**
 * The status of a pod as a pure function of its containers' readings: phase, conditions, container
 * statuses.
 */
import type { ContainerReading, ContainerState, Termination } from './container.ts';
import type { Pod, PodCondition } from './pod.ts';
import { timestamp } from './timestamp.ts';

export interface PodFacts {
  readonly pod: Pod;
  readonly containers: readonly ContainerReading[];
  readonly podIP: string;
  readonly hostIP: string;
  readonly startTime: string;
  /** The readiness that a test has set; undefined leaves it to the probes. */
  readonly readyOverride: boolean | undefined;
  /** Whether something answers behind the pod's address. */
  readonly serving: boolean;
  /** The conditions of the last status, whose transition times stay while their status stays. */
  readonly lastConditions: readonly PodCondition[];
}

export interface PodStatus {
  readonly phase: Phase;
  readonly conditions: readonly PodCondition[];
  readonly [field: string]: unknown;
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export function podStatus(facts: PodFacts): PodStatus {
  const { pod, podIP, hostIP, startTime } = facts;
  const ready = new Set(facts.containers.filter((container) => isReady(container, facts)).map(({ name }) => name));
  const phase = phaseOf(facts.containers);
  const observedGeneration = pod.metadata.generation;
  return {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    phase,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    conditions: conditionsOf(facts, phase, ready),
    containerStatuses: facts.containers.map((container) => containerStatus(container, ready.has(container.name))),
    ...(pod.spec.initContainers === undefined
      ? {}
      : { initContainerStatuses: initContainerStatuses(pod.spec.initContainers, startTime) }),
  };
}

function isReady(container: ContainerReading, facts: PodFacts): boolean {
  if (container.state.kind !== 'running') return false;
  return facts.readyOverride ?? (container.ready && facts.serving);
}

function phaseOf(containers: readonly ContainerReading[]): Phase {
  const ended = containers.flatMap(({ state }) => (state.kind === 'terminated' ? [state] : []));
  if (ended.length === containers.length) return ended.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed';
  const hasRun = ({ state, lastTermination }: ContainerReading): boolean =>
    state.kind !== 'waiting' || lastTermination !== undefined;
  return containers.every(hasRun) ? 'Running' : 'Pending';
}

type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditionsOf(facts: PodFacts, phase: Phase, ready: ReadonlySet<string>): readonly PodCondition[] {
  const containersReady = containersReadyOf(facts, phase, ready);
  const verdicts: readonly Verdict[] = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { ...containersReady, type: 'ContainersReady' },
    { ...podReadyOf(facts.pod, containersReady), type: 'Ready' },
  ];
  const now = timestamp();
  return verdicts.map((verdict) => {
    const last = facts.lastConditions.find(({ type }) => type === verdict.type);
    return {
      ...verdict,
      lastTransitionTime: last?.status === verdict.status ? (last.lastTransitionTime ?? now) : now,
    };
  });
}

function containersReadyOf(facts: PodFacts, phase: Phase, ready: ReadonlySet<string>): Omit<Verdict, 'type'> {
  const unready = facts.containers.map(({ name }) => name).filter((name) => !ready.has(name));
  if (unready.length === 0) return { status: 'True' };
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

function podReadyOf(pod: Pod, containersReady: Omit<Verdict, 'type'>): Omit<Verdict, 'type'> {
  if (containersReady.status !== 'True') return containersReady;
  const closed = (pod.spec.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .filter((type) => pod.status?.conditions?.find((condition) => condition.type === type)?.status !== 'True');
  if (closed.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: closed.map((type) => `the status of pod readiness gate "${type}" is not "True"`).join(', '),
  };
}

function containerStatus(container: ContainerReading, ready: boolean): object {
  const { name, image, state, lastTermination, restartCount, started } = container;
  return {
    name,
    image,
    imageID: state.kind === 'waiting' && lastTermination === undefined ? '' : `test://${image}`,
    state: stateOf(state),
    lastState: lastTermination === undefined ? {} : { terminated: terminatedOf(lastTermination) },
    ready,
    started,
    restartCount,
  };
}

function stateOf(state: ContainerState): object {
  if (state.kind === 'running') return { running: { startedAt: state.startedAt } };
  if (state.kind === 'terminated') return { terminated: terminatedOf(state) };
  const { reason, message } = state;
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
}

function terminatedOf({ exitCode, reason, message, startedAt, finishedAt }: Termination): object {
  return { exitCode, reason, ...(message === undefined ? {} : { message }), startedAt, finishedAt };
}

/** Init containers are done at once; those that stay (restartPolicy Always) run and are ready. */
function initContainerStatuses(
  containers: NonNullable<Pod['spec']['initContainers']>,
  startTime: string,
): readonly object[] {
  return containers.map(({ name, image, restartPolicy }) => {
    const stays = restartPolicy === 'Always';
    const done = { exitCode: 0, reason: 'Completed', startedAt: startTime, finishedAt: startTime };
    return {
      name,
      image,
      imageID: `test://${image}`,
      state: stays ? { running: { startedAt: startTime } } : { terminated: done },
      lastState: {},
      ready: true,
      started: stays,
      restartCount: 0,
    };
  });
}
