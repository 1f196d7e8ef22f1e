/** Pods in the states that `kubectl get pods` has words for. */
import { expect, test } from 'vitest';
import { podView } from '../../../src/core/view/pod.ts';
import type { ContainerStatus, Pod } from '../../../src/kube/objects.ts';

type State = NonNullable<ContainerStatus['state']>;

function container(name: string, state: State, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, ready: state.running !== undefined, restartCount: 0, state, ...more };
}

const RUNNING: State = { running: {} };
const waiting = (reason: string): State => ({ waiting: { reason } });
const ended = (exitCode: number, reason?: string, signal?: number): State => ({
  terminated: { exitCode, ...(reason === undefined ? {} : { reason }), ...(signal === undefined ? {} : { signal }) },
});

function pod(status: NonNullable<Pod['status']>, change: Partial<Pod['metadata']> = {}, spec: Pod['spec'] = {}): Pod {
  return {
    metadata: { name: 'web-1', uid: 'u', resourceVersion: '1', ...change },
    spec: { containers: [{ name: 'web' }], ...spec },
    status,
  };
}

const INIT = { initContainers: [{ name: 'one' }, { name: 'two' }] };
const SIDECAR = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };
const running = { phase: 'Running', containerStatuses: [container('web', RUNNING, { restartCount: 2 })] };

test.each([
  { name: 'running', one: pod(running), status: 'Running', ready: '1/1', restarts: 2 },
  { name: 'not placed yet', one: pod({ phase: 'Pending' }), status: 'Pending', ready: '0/1' },
  {
    name: 'held by a gate',
    one: pod({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
    }),
    status: 'SchedulingGated',
  },
  {
    name: 'without its image',
    one: pod({ phase: 'Pending', containerStatuses: [container('web', waiting('ImagePullBackOff'))] }),
    status: 'ImagePullBackOff',
  },
  {
    name: 'ended by a signal',
    one: pod({ phase: 'Running', containerStatuses: [container('web', ended(137, undefined, 9))] }),
    status: 'Signal:9',
  },
  {
    name: 'ended with a code',
    one: pod({ phase: 'Running', containerStatuses: [container('web', ended(3))] }),
    status: 'ExitCode:3',
  },
  {
    name: 'half done and half running',
    one: pod(
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True', reason: '' }],
        containerStatuses: [container('job', ended(0, 'Completed')), container('web', RUNNING)],
      },
      {},
      { containers: [{ name: 'job' }, { name: 'web' }] },
    ),
    status: 'Running',
    ready: '1/2',
  },
  {
    name: 'at its second init container',
    one: pod(
      { phase: 'Pending', initContainerStatuses: [container('one', ended(0)), container('two', RUNNING)] },
      {},
      INIT,
    ),
    status: 'Init:1/2',
    ready: '0/1',
  },
  {
    name: 'with an init container that fails',
    one: pod({ phase: 'Pending', initContainerStatuses: [container('one', ended(1, 'Error'))] }, {}, INIT),
    status: 'Init:Error',
  },
  {
    name: 'with a sidecar',
    one: pod(
      { ...running, initContainerStatuses: [container('proxy', RUNNING, { started: true, restartCount: 1 })] },
      {},
      SIDECAR,
    ),
    status: 'Running',
    ready: '2/2',
    restarts: 3,
  },
  {
    name: 'being deleted',
    one: pod(running, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    status: 'Terminating',
    ready: '1/1',
    restarts: 2,
  },
  { name: 'evicted', one: pod({ phase: 'Failed', reason: 'Evicted' }), status: 'Evicted' },
])('$name', ({ one, status, ready = '0/1', restarts = 0 }) => {
  const view = podView(one);
  const shown = { status: view.status, ready: `${view.readyContainers}/${view.containers}`, restarts: view.restarts };
  expect(shown).toEqual({ status, ready, restarts });
});
