/** The worked numbers of spec 5.2 and 5.3, and the limits that hold on every way to them. */
import { describe, expect, test } from 'vitest';
import {
  atLeastMinPods,
  basicSplit,
  idealSplit,
  podsForWeight,
  type BasicCounts,
  type SideCounts,
} from '../../../../src/core/strategies/canary/replica-arithmetic.ts';

describe('idealSplit', () => {
  test.each([
    { replicas: 10, weight: 10, surge: 1, canary: 1, stable: 9 },
    { replicas: 10, weight: 41, surge: 3, canary: 4, stable: 6 },
    { replicas: 10, weight: 5, surge: 0, canary: 1, stable: 9 },
    { replicas: 3, weight: 50, surge: 1, canary: 2, stable: 2 },
    { replicas: 4, weight: 25, surge: 1, canary: 1, stable: 3 },
    { replicas: 5, weight: 1, surge: 2, canary: 1, stable: 5 },
    { replicas: 1, weight: 50, surge: 1, canary: 1, stable: 1 },
    { replicas: 1, weight: 50, surge: 0, canary: 1, stable: 0 },
    { replicas: 1, weight: 49, surge: 0, canary: 0, stable: 1 },
    { replicas: 2, weight: 99, surge: 0, canary: 1, stable: 1 },
    // The extra pod is never the one that leaves nothing to the stable side.
    { replicas: 1, weight: 99, surge: 1, canary: 1, stable: 1 },
    { replicas: 2, weight: 84, surge: 1, canary: 2, stable: 1 },
    { replicas: 4, weight: 90, surge: 1, canary: 4, stable: 1 },
    { replicas: 2, weight: 75, surge: 0, canary: 1, stable: 1 },
    { replicas: 5, weight: 90, surge: 0, canary: 4, stable: 1 },
    { replicas: 10, weight: 95, surge: 0, canary: 9, stable: 1 },
    // Spec A2: one pod of four comes closer to 20 % than one of three.
    { replicas: 3, weight: 20, surge: 1, canary: 1, stable: 3 },
    { replicas: 0, weight: 50, surge: 1, canary: 0, stable: 0 },
    { replicas: 7, weight: 0, surge: 2, canary: 0, stable: 7 },
    { replicas: 7, weight: 100, surge: 2, canary: 7, stable: 0 },
  ])(
    '$replicas pods at weight $weight, surge $surge → $canary + $stable',
    ({ replicas, weight, surge, canary, stable }) => {
      expect(idealSplit(replicas, weight, 100, surge)).toEqual({ canary, stable });
    },
  );

  test('a weight is a share of maxTrafficWeight', () => {
    expect(idealSplit(10, 200, 1000, 1)).toEqual(idealSplit(10, 20, 100, 1));
  });

  test('neither side is empty strictly between the ends, and the total stays within one pod', () => {
    const wrong: object[] = [];
    for (let replicas = 1; replicas <= 12; replicas += 1) {
      for (let weight = 1; weight < 100; weight += 1) {
        for (const surge of replicas === 1 ? [1, 3] : [0, 1, 3]) {
          const { canary, stable } = idealSplit(replicas, weight, 100, surge);
          const extra = canary + stable - replicas;
          const fine = canary > 0 && stable > 0 && extra >= 0 && extra <= Math.min(surge, 1);
          if (!fine) wrong.push({ replicas, weight, surge, canary, stable });
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

interface Course {
  readonly replicas: number;
  readonly weight: number;
  readonly surge: number;
  readonly unavailable: number;
  readonly canary?: SideCounts;
  readonly stable?: SideCounts;
  readonly canaryNeverAvailable?: boolean;
}

const FULL = (size: number): SideCounts => ({ spec: size, available: size });

/**
 * The writes on the way to the ideal, in the order of the controller: the stable side first, one write a pass, and
 * `avail` where nothing goes on before pods have become available. Checks the limits at every station.
 */
function courseOf(course: Course): {
  readonly steps: string[];
  readonly canary: SideCounts;
  readonly stable: SideCounts;
} {
  const { replicas, weight, surge, unavailable } = course;
  let canary = course.canary ?? FULL(0);
  let stable = course.stable ?? FULL(replicas);
  const least = Math.min(replicas - unavailable, canary.available + stable.available);
  const steps: string[] = [];
  for (let pass = 0; pass < 100; pass += 1) {
    const counts: BasicCounts = {
      replicas,
      weight,
      maxWeight: 100,
      surge,
      unavailable,
      canary,
      stable,
      retiredSpecReplicas: 0,
    };
    const next = basicSplit(counts);
    if (next.stable !== stable.spec) {
      stable = resized(stable, next.stable);
      steps.push(`stable ${next.stable}`);
    } else if (next.canary !== canary.spec) {
      canary = resized(canary, next.canary);
      steps.push(`canary ${next.canary}`);
    } else {
      const waits = stable.available < stable.spec || (!course.canaryNeverAvailable && canary.available < canary.spec);
      if (!waits) return { steps, canary, stable };
      stable = FULL(stable.spec);
      if (!course.canaryNeverAvailable) canary = FULL(canary.spec);
      steps.push('avail');
    }
    if (canary.available + stable.available < least) throw new Error(`too few available: ${steps.join(' → ')}`);
  }
  throw new Error(`never settles: ${steps.join(' → ')}`);
}

function resized(side: SideCounts, size: number): SideCounts {
  return { spec: size, available: Math.min(side.available, size) };
}

describe('basicSplit', () => {
  test.each<Course & { readonly name: string; readonly steps: string }>([
    {
      name: 'all at once, a quarter more and a quarter less',
      replicas: 10,
      weight: 100,
      surge: 3,
      unavailable: 2,
      steps: 'stable 8 → canary 5 → avail → stable 3 → canary 10 → avail → stable 0',
    },
    {
      name: 'to 20 %, one more at a time',
      replicas: 10,
      weight: 20,
      surge: 1,
      unavailable: 0,
      steps: 'canary 1 → avail → stable 9 → canary 2 → avail → stable 8',
    },
    {
      name: 'to 20 %, one less at a time',
      replicas: 10,
      weight: 20,
      surge: 0,
      unavailable: 1,
      steps: 'stable 9 → canary 1 → avail → stable 8 → canary 2 → avail',
    },
    {
      name: 'a canary that never comes up leaves the stable side alone',
      replicas: 4,
      weight: 100,
      surge: 2,
      unavailable: 0,
      canaryNeverAvailable: true,
      steps: 'canary 2',
    },
    {
      name: 'the same, scaled up to 8 meanwhile',
      replicas: 8,
      weight: 100,
      surge: 2,
      unavailable: 0,
      canaryNeverAvailable: true,
      canary: {
        spec: 2,
        available: 0,
      },
      stable: FULL(4),
      steps: 'canary 6',
    },
    {
      name: 'and back to 4',
      replicas: 4,
      weight: 100,
      surge: 2,
      unavailable: 0,
      canaryNeverAvailable: true,
      canary: {
        spec: 6,
        available: 0,
      },
      stable: FULL(4),
      steps: 'canary 2',
    },
    {
      name: 'a surge of everything',
      replicas: 4,
      weight: 100,
      surge: 4,
      unavailable: 1,
      canaryNeverAvailable: true,
      steps: 'stable 3 → canary 4',
    },
    {
      name: 'a single replica gets a second beside it',
      replicas: 1,
      weight: 50,
      surge: 1,
      unavailable: 0,
      steps: 'canary 1 → avail',
    },
    {
      name: 'an abort goes back under the same limits',
      replicas: 4,
      weight: 0,
      surge: 1,
      unavailable: 0,
      canary: FULL(4),
      stable: FULL(0),
      steps:
        'stable 1 → avail → canary 3 → stable 2 → avail → canary 2 → stable 3 → avail → canary 1 → stable 4 → avail → canary 0',
    },
    {
      name: 'scaling at a pause keeps the ratio (spec A7, up)',
      replicas: 8,
      weight: 25,
      surge: 2,
      unavailable: 0,
      canary: FULL(1),
      stable: FULL(3),
      steps: 'stable 6 → canary 2 → avail',
    },
    {
      name: 'scaling at a pause keeps the ratio (spec A7, down)',
      replicas: 4,
      weight: 25,
      surge: 1,
      unavailable: 0,
      canary: FULL(2),
      stable: FULL(6),
      steps: 'stable 4 → canary 1 → stable 3',
    },
  ])('$name', ({ steps, ...course }) => {
    expect(courseOf(course).steps.join(' → ')).toBe(steps);
  });

  test('reaches the ideal from anywhere, and never has fewer pods available than allowed', () => {
    for (const replicas of [1, 2, 3, 5, 8]) {
      for (const weight of [0, 10, 33, 50, 75, 100]) {
        for (const [surge, unavailable] of [
          [1, 0],
          [0, 1],
          [2, 1],
        ] as const) {
          for (let present = 0; present <= replicas; present += 1) {
            const canary = FULL(present);
            const stable = FULL(replicas - present);
            const end = courseOf({ replicas, weight, surge, unavailable, canary, stable });
            const ideal = idealSplit(replicas, weight, 100, surge);
            const at = { replicas, weight, present };
            expect({ ...at, canary: end.canary.spec, stable: end.stable.spec }).toEqual({ ...at, ...ideal });
          }
        }
      }
    }
  });

  test('retired pods take the room, and neither side shrinks before they are gone', () => {
    const counts = {
      replicas: 4,
      weight: 100,
      maxWeight: 100,
      surge: 1,
      unavailable: 0,
      canary: FULL(0),
      stable: FULL(3),
    };
    expect(basicSplit({ ...counts, retiredSpecReplicas: 2 })).toEqual({ canary: 0, stable: 3 });
    expect(basicSplit({ ...counts, retiredSpecReplicas: 1 })).toEqual({ canary: 1, stable: 3 });
  });

  test('without a stable revision the canary gets everything', () => {
    const counts = { replicas: 4, weight: 20, maxWeight: 100, surge: 1, unavailable: 0, retiredSpecReplicas: 0 };
    expect(basicSplit({ ...counts, canary: FULL(0), stable: null })).toEqual({ canary: 4, stable: 0 });
    expect(basicSplit({ ...counts, canary: null, stable: null })).toEqual({ canary: 4, stable: 0 });
  });

  test('pods of the drained side that do not work do not protect it', () => {
    const counts = { replicas: 4, weight: 100, maxWeight: 100, surge: 1, unavailable: 1, retiredSpecReplicas: 0 };
    const crashing = { spec: 4, available: 0 };
    expect(basicSplit({ ...counts, canary: FULL(1), stable: crashing })).toEqual({ canary: 1, stable: 2 });
  });
});

describe('with a router', () => {
  test.each([
    { weight: 0, replicas: 5, maxWeight: 100, pods: 0 },
    { weight: 1, replicas: 5, maxWeight: 100, pods: 1 },
    { weight: 20, replicas: 5, maxWeight: 100, pods: 1 },
    { weight: 60, replicas: 5, maxWeight: 100, pods: 3 },
    { weight: 61, replicas: 5, maxWeight: 100, pods: 4 },
    { weight: 100, replicas: 5, maxWeight: 100, pods: 5 },
    { weight: 200, replicas: 4, maxWeight: 100, pods: 8 },
    { weight: 250, replicas: 4, maxWeight: 1000, pods: 1 },
    { weight: 50, replicas: 0, maxWeight: 100, pods: 0 },
  ])('$weight of $maxWeight for $replicas replicas is $pods pods', ({ weight, replicas, maxWeight, pods }) => {
    expect(podsForWeight(weight, replicas, maxWeight)).toBe(pods);
  });

  test.each([
    { count: 1, minPods: undefined, replicas: 5, pods: 1 },
    { count: 1, minPods: 2, replicas: 5, pods: 2 },
    { count: 3, minPods: 2, replicas: 5, pods: 3 },
    { count: 0, minPods: 2, replicas: 5, pods: 0 },
    { count: 1, minPods: 4, replicas: 2, pods: 2 },
  ])('at least $minPods of $replicas: $count becomes $pods', ({ count, minPods, replicas, pods }) => {
    expect(atLeastMinPods(count, minPods, replicas)).toBe(pods);
  });
});
