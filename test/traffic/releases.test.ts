/** Promotions and aborts, one after another and in a hurry, under load: no request is lost, whatever the Rollout's kind. */
import { describe } from 'vitest';
import { aborted, promoted } from './courses.ts';
import { kinds, rounds } from './extent.ts';
import { KINDS } from './kinds.ts';
import { play } from './scenario.ts';
import { test } from './test.ts';

describe.for(kinds(KINDS))('$name', ({ name, kind }) => {
  test.for([
    { what: 'promotions', course: promoted, count: rounds(12) },
    { what: 'aborts', course: aborted, count: rounds(12, 3) },
  ])('$what', ({ what, course, count }, { traffic }) =>
    play(traffic, { name: `${what}, ${name}`, kind, count, course }),
  );
});
