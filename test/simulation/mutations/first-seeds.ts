/**
 * The seeds of the histories in which each deliberate fault is found, in first-seeds.json, so that nobody has to look for
 * them again. They are hints: from there on histories are played until it is found. `node
 * test/simulation/mutations/first-seeds.ts` looks for those that have gone astray, or for those named.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { runRandomHistory } from '../random-history.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const FILE = `${import.meta.dirname}/first-seeds.json`;
const MOST_HISTORIES = 10_000;

/** By the name of the fault. */
export const FIRST_SEEDS: Readonly<Record<string, number>> = JSON.parse(readFileSync(FILE, 'utf8'));

/** The first seed from `firstSeed` on whose history shows the fault to its invariant; `null` in none of so many. */
export async function seedOf(mutation: Mutation, firstSeed: number, histories: number): Promise<number | null> {
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    const { failure } = await runRandomHistory(seed, mutation);
    if (failure?.invariant === mutation.caughtBy) return seed;
  }
  return null;
}

if (import.meta.main) {
  const seeds: Record<string, number> = {};
  const wanted = process.argv.slice(2);
  for (const mutation of MUTATIONS) {
    const { name } = mutation;
    const known = FIRST_SEEDS[name];
    const isLeftAlone = known !== undefined && wanted.length > 0 && !wanted.includes(name);
    const seed = isLeftAlone
      ? known
      : ((known === undefined ? null : await seedOf(mutation, known, 1)) ??
        (await seedOf(mutation, 1, MOST_HISTORIES)));
    process.stdout.write(`${name}: ${seed ?? 'not found'}\n`);
    if (seed !== null) seeds[name] = seed;
  }
  writeFileSync(FILE, `${JSON.stringify(seeds, null, 2)}\n`);
}
