/** All that a person can correct at once is found at once, in the order in which the controller would report it. */
import { expect, test } from 'vitest';
import { specErrors } from '../../../src/api/validation/rollout.ts';
import { unsupportedErrors } from '../../../src/api/validation/unsupported.ts';
import { firstOf } from '../../../src/api/words/field-error.ts';
import { rollout } from '../sample-rollout.ts';

const WRONG = rollout({
  replicas: -1,
  minReadySeconds: -1,
  template: {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'a' }, { name: 'B', image: 'b:1' }], restartPolicy: 'Never' },
  },
  strategy: {
    canary: {
      maxSurge: 0,
      maxUnavailable: 0,
      dynamicStableScale: true,
      steps: [{ setWeight: 101 }, { pause: {} }, {}, { setMirrorRoute: { name: 'a' } }],
    },
  },
});

test('every problem with a spec', () => {
  expect([...specErrors(WRONG)].map(({ path }) => path)).toEqual([
    'spec.replicas',
    'spec.template.spec.containers[0].image',
    'spec.template.spec.containers[1].name',
    'spec.template.spec.restartPolicy',
    'spec.minReadySeconds',
    'spec.strategy.maxSurge',
    'spec.strategy.dynamicStableScale',
    'spec.strategy.steps[0].setWeight',
    'spec.strategy.steps[2]',
    'spec.strategy.steps[3].setMirrorRoute',
  ]);
  expect([...unsupportedErrors(WRONG)].map(({ path }) => path)).toEqual([
    'spec.strategy.canary.steps[3].setMirrorRoute',
  ]);
});

test('after the first nothing is looked for, when only the first is asked for', () => {
  const looked: number[] = [];
  const errors = (function* () {
    for (const at of [1, 2]) {
      looked.push(at);
      yield { path: String(at), kind: 'Forbidden' as const, detail: '' };
    }
  })();
  expect(firstOf(errors)?.path).toBe('1');
  expect(looked).toEqual([1]);
});
