/** What a pod requests, as the scheduler counts it. */
import { expect, test } from 'vitest';
import { podRequests } from '../../src/planning/pod-requests.ts';

const of = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...more });

test.each([
  ['the sum of its containers', { containers: [of('100m'), of('1')] }, 1100],
  ['an init container that is larger', { containers: [of('100m')], initContainers: [of('2'), of('1')] }, 2000],
  [
    'sidecars beside the containers, and beside the init containers behind them',
    { containers: [of('100m')], initContainers: [of('1'), of('50m', { restartPolicy: 'Always' }), of('900m')] },
    1000,
  ],
  ['a limit where there is no request', { containers: [{ name: 'c', resources: { limits: { cpu: '300m' } } }] }, 300],
  ['the overhead of the runtime', { containers: [of('100m')], overhead: { cpu: '25m' } }, 125],
  ['the requests of the pod as a whole', { containers: [of('100m')], resources: { requests: { cpu: '700m' } } }, 700],
])('%s', (_, spec, milli) => {
  expect(podRequests({ spec }).get('cpu')).toBe(BigInt(milli) * 1_000_000n);
});

test('nothing where nothing is requested, and nothing that is no amount', () => {
  expect([...podRequests({ spec: { containers: [{ name: 'c' }, of('much')] } })]).toEqual([]);
});
