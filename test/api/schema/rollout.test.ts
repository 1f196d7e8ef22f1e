import { expect, test } from 'vitest';
import { parseRollout } from '../../../src/api/schema/rollout.ts';
import { rollout } from '../sample-rollout.ts';

test('a Rollout comes back as the very value, with what nobody here knows', () => {
  const json = {
    ...rollout(),
    extra: 1,
    spec: {
      ...rollout().spec,
      futureField: { a: [1] },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { items: 'ünïcode ✓' } },
        spec: { containers: [{ name: 'web', resources: { limits: { memory: 'nonsense', cpu: 0.001 } } }], items: 3 },
      },
    },
    status: { stableRS: 'abc', futureStatus: {} },
  };
  const parsed = parseRollout(json);
  expect('rollout' in parsed && parsed.rollout).toBe(json);
});

test('a spec that makes no sense can still be read', () => {
  const json = { ...rollout(), spec: { replicas: -1, strategy: { canary: { steps: [{}, { setWeight: 999 }] } } } };
  expect(parseRollout(json)).toEqual({ rollout: json });
});

const WITHOUT_NAME = { ...rollout(), metadata: { namespace: 'shop', uid: 'u', resourceVersion: '1' } };

test.each([
  { name: 'null', json: null, problem: 'not a Rollout object' },
  { name: 'a number', json: 3, problem: 'not a Rollout object' },
  { name: 'no name', json: WITHOUT_NAME, problem: 'metadata.name: Invalid input: expected string, received undefined' },
  {
    name: 'a step of another shape',
    json: { ...rollout(), spec: { strategy: { canary: { steps: [{ pause: 10 }] } } } },
    problem: 'spec.strategy.canary.steps.0.pause: Invalid input: expected object, received number',
  },
  {
    name: 'labels that are no text',
    json: { ...rollout(), spec: { template: { metadata: { labels: { app: 1 } } } } },
    problem: 'spec.template.metadata.labels.app: Invalid input: expected string, received number',
  },
  {
    name: 'a status of another shape',
    json: { ...rollout(), status: { currentStepIndex: 'one' } },
    problem: 'status.currentStepIndex: Invalid input: expected number, received string',
  },
])('what is no Rollout is told by its first problem: $name', ({ json, problem }) => {
  expect(parseRollout(json)).toEqual({ problem });
});
