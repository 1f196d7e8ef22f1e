/** All builtin functions but those that take a predicate, which the checker and the evaluator know by name. */
import { AGGREGATE_BUILTINS } from './aggregates.ts';
import { ANY_BUILTINS } from './anything.ts';
import type { Builtin } from './builtin.ts';
import { LIST_BUILTINS } from './lists.ts';
import { MAP_BUILTINS } from './maps.ts';
import { NUMBER_BUILTINS } from './numbers.ts';
import { TEXT_BUILTINS } from './texts.ts';
import { TIME_BUILTINS } from './times.ts';

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    ...ANY_BUILTINS,
    ...NUMBER_BUILTINS,
    ...AGGREGATE_BUILTINS,
    ...TEXT_BUILTINS,
    ...LIST_BUILTINS,
    ...MAP_BUILTINS,
    ...TIME_BUILTINS,
  }),
);
