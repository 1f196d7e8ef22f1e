/** All deliberate faults. */
import type { Mutation } from './mutation.ts';
import { WRONG_ADOPTIONS } from './wrong-adoptions.ts';
import { WRONG_ANALYSES } from './wrong-analyses.ts';
import { WRONG_BELIEFS } from './wrong-beliefs.ts';
import { WRONG_BLUE_GREEN } from './wrong-blue-green.ts';
import { WRONG_EVICTIONS } from './wrong-evictions.ts';
import { WRONG_EXPERIMENTS } from './wrong-experiments.ts';
import { WRONG_WRITES } from './wrong-writes.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...WRONG_BELIEFS,
  ...WRONG_WRITES,
  ...WRONG_EVICTIONS,
  ...WRONG_ADOPTIONS,
  ...WRONG_BLUE_GREEN,
  ...WRONG_ANALYSES,
  ...WRONG_EXPERIMENTS,
];
