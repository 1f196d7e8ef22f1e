/** Promotions and aborts, one after another and in a hurry, under load: no request is lost, whatever the Rollout's kind. */
import { describe } from 'vitest';
import { aborted, promoted } from './courses.ts';
import { kinds, rounds } from './extent.ts';
import { KINDS } from './kinds.ts';
import { play, SCENARIO_TIMEOUT_MS } from './scenario.ts';
import { test } from './traffic.ts';

describe.for(kinds(KINDS))('$name', ({ name, kind }) => {
  test.concurrent.for([
    { what: 'promotions', course: promoted, count: rounds(20) },
    { what: 'aborts', course: aborted, count: rounds(20, 3) },
  ])('$what', { timeout: SCENARIO_TIMEOUT_MS }, ({ what, course, count }, { traffic }) =>
    play(traffic, { name: `${what}, ${name}`, kind, count, course }),
  );
});
