/** Releases to which something happens at a stop, promoted or aborted in spite of it: no request is lost. */
import { describe } from 'vitest';
import { crash, disturbed, editWayIn, scale, supersede } from './disturbances.ts';
import { rounds } from './extent.ts';
import { AUTOSCALED_PODS, HASTY_PODS } from './kinds.ts';
import { play } from './scenario.ts';
import { test } from './test.ts';
import type { Walk } from './walk.ts';

const DISTURBANCES = [
  { what: 'superseded at a stop', disturb: supersede, pods: HASTY_PODS },
  { what: 'way in edited', disturb: editWayIn, pods: HASTY_PODS },
  // A canary of one pod has nobody to take its requests over.
  { what: 'a canary pod crashes', disturb: crash, firstStop: 1, pods: HASTY_PODS },
  { what: 'an HPA scales up and down', disturb: scale, pods: AUTOSCALED_PODS },
];
const SCENARIOS = DISTURBANCES.flatMap(({ pods, ...disturbance }) => pods.map((pod) => ({ ...disturbance, ...pod })));

describe.for(SCENARIOS)('$what, $name', ({ what, disturb, firstStop, name, kind }) => {
  test.for([
    { ending: 'promotions', end: (walk: Walk) => walk.promoted() },
    { ending: 'aborts', end: (walk: Walk) => walk.aborted() },
  ])('$ending', ({ ending, end }, { traffic }) =>
    play(traffic, {
      name: `${ending}, ${what}, ${name}`,
      kind,
      count: rounds(12),
      course: disturbed(disturb, end, firstStop),
    }),
  );
});
