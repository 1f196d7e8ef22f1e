import { expect, test } from 'vitest';
import { onceFor } from '../../src/kube/once-for.ts';

test.each([
  { name: 'is frozen is asked once', subject: Object.freeze({ replicas: 3 }), asked: 1 },
  { name: 'may change is asked every time', subject: { replicas: 3 }, asked: 2 },
])('what $name', ({ subject, asked }) => {
  let computed = 0;
  const doubled = onceFor(({ replicas }: { readonly replicas: number }) => {
    computed += 1;
    return replicas * 2;
  });
  expect([doubled(subject), doubled(subject), computed]).toEqual([6, 6, asked]);
});

test('nothing is a result as well', () => {
  let computed = 0;
  const nothing = onceFor((): undefined => {
    computed += 1;
  });
  const subject = Object.freeze({});
  nothing(subject);
  nothing(subject);
  expect(computed).toBe(1);
});
