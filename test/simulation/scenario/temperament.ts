/**
 * How one history is tempered: how fast everything is, how pods behave, and what goes wrong.
 */
import type { Pace } from '../cluster/delays.ts';
import type { ClusterPaces } from '../cluster/cluster.ts';
import type { TrialFortune } from '../cluster/trial-controller.ts';
import type { FaultRates } from '../controller/faults.ts';
import type { ProcessPaces } from '../controller/process.ts';
import type { Random } from '../random.ts';

export interface Temperament {
  readonly cluster: ClusterPaces;
  readonly controller: ProcessPaces;
  readonly doubleChance: number;
  readonly faults: FaultRates;
  /** Chance of a jump of the wall clock between two acts of the user. */
  readonly clockJumpChance: number;
  /** Whether pods may crash and be deleted by hand. */
  readonly roughPods: boolean;
}

const CALM_TRIALS: TrialFortune = {
  pace: fixed(60),
  lengthsMs: [[1, 10_000]],
  outcomes: [[1, 'Successful']],
  oddChance: 0,
};

/** Everything takes its typical time, nothing goes wrong: how stories for people are told. */
export const CALM: Temperament = {
  cluster: {
    act: fixed(40),
    status: fixed(60),
    podStart: fixed(2000),
    endpoints: fixed(80),
    proxyIngress: fixed(1500),
    proxyEndpoints: fixed(700),
    runs: CALM_TRIALS,
    experiments: CALM_TRIALS,
  },
  controller: { watch: fixed(15), write: fixed(8), queue: fixed(3) },
  doubleChance: 0,
  faults: { chance: 0, kinds: [[1, 'none']], limit: 0 },
  clockJumpChance: 0,
  roughPods: false,
};

function fixed(typicalMs: number): Pace {
  return { typicalMs, slowChance: 0, slowestMs: 0 };
}

export function drawTemperament(random: Random): Temperament {
  return {
    cluster: {
      act: drawPace(random, 40),
      status: drawPace(random, 60),
      podStart: drawPace(random, 2000),
      endpoints: drawPace(random, 80),
      // Together shorter than the grace period of a pod, which is there to cover them.
      proxyIngress: { typicalMs: random.pick([50, 1000, 2000]), slowChance: 0.2, slowestMs: 1500 },
      proxyEndpoints: { typicalMs: random.pick([20, 300, 1000]), slowChance: 0.2, slowestMs: 1500 },
      runs: drawFortune(random.split('runs')),
      experiments: drawFortune(random.split('experiments')),
    },
    controller: {
      watch: drawPace(random, 15),
      write: drawPace(random, 8),
      queue: drawPace(random, 3),
    },
    doubleChance: random.pick([0, 0, 0.1]),
    faults: drawFaults(random),
    clockJumpChance: random.pick([0, 0, 0, 0.3]),
    roughPods: random.chance(0.35),
  };
}

function drawPace(random: Random, typicalMs: number): Pace {
  return random.weighted<Pace>([
    [3, { typicalMs, slowChance: 0, slowestMs: 0 }],
    [3, { typicalMs, slowChance: 0.1, slowestMs: 1000 }],
    [2, { typicalMs, slowChance: 0.05, slowestMs: 5000 }],
    [1, { typicalMs: typicalMs * 5, slowChance: 0.1, slowestMs: 3000 }],
  ]);
}

function drawFortune(random: Random): TrialFortune {
  return {
    pace: drawPace(random, 60),
    lengthsMs: [
      [2, random.between(0, 300)],
      [5, random.between(1000, 20_000)],
      [2, random.between(30_000, 300_000)],
      [1, null],
    ],
    outcomes: [
      [6, 'Successful'],
      [random.pick([0, 2, 6]), 'Failed'],
      [random.pick([0, 1]), 'Error'],
      [random.pick([0, 2, 6]), 'Inconclusive'],
    ],
    oddChance: random.pick([0, 0.2]),
  };
}

function drawFaults(random: Random): FaultRates {
  return random.weighted<FaultRates>([
    [4, CALM.faults],
    [
      4,
      {
        chance: 0.05,
        limit: 10,
        kinds: [
          [2, 'conflict'],
          [1, 'timeout'],
          [1, 'crash-before'],
          [2, 'crash-after'],
        ],
      },
    ],
    [1, { chance: 0.4, limit: 25, kinds: [[1, 'crash-after']] }],
    [
      2,
      {
        chance: 0.08,
        limit: 8,
        kinds: [
          [3, 'freeze'],
          [1, 'crash-after'],
        ],
      },
    ],
  ]);
}
