/**
 * Our templates of notifications against Go's text/template with sprig: a table of cases, and templates by chance. Where
 * there is no Go to build them with, nothing is compared.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../simulation/random.ts';
import { CASES } from './cases.ts';
import { templateBy } from './generated.ts';
import { findReference, renderOurs, type Answer } from './reference.ts';

const SEEDS = [1, 2, 3];
const PER_SEED = 3_000;
/** Of all templates by chance: with fewer that render little would be said about how. */
const LEAST_RENDERED = 0.5;
/** Ours refuses these verbs for floats; Go writes out their bits. */
const REFUSED = /printf: %[bxX] of a float is not supported$/;

const reference = await findReference();
if (reference === null) {
  process.stderr.write('There is no Go here, so templates are not compared with the real text/template.\n');
}
const ask = reference ?? (() => Promise.resolve(null));

/** What differs: the text, or whether there is one. The wording of problems is ours. */
function difference(template: string, theirs: Answer, ours: Answer): string | null {
  if (theirs.text === ours.text) return null;
  if (REFUSED.test(ours.problem ?? '')) return null;
  return `${template}: ${JSON.stringify(theirs)}, but ours ${JSON.stringify(ours)}`;
}

describe('the table of cases is what the real library says', async () => {
  const answers = await ask(CASES.map(({ template }) => template));
  const rows = CASES.map((one, index) => ({ ...one, answer: answers?.[index] }));

  test.each(rows)('$template', ({ template, text, answer }) => {
    expect(renderOurs(template).text ?? null).toBe(text);
    expect((answer ?? { text }).text ?? null).toBe(text);
  });
});

test.each(SEEDS)(`${PER_SEED} templates by chance render the same, seed %i`, async (seed) => {
  const random = new Random(seed);
  const templates = Array.from({ length: PER_SEED }, () => templateBy(random));
  const answers = await ask(templates);
  if (answers === null) return;
  const differences = templates.flatMap((one, index) => difference(one, answers[index] ?? {}, renderOurs(one)) ?? []);
  expect(differences).toEqual([]);
  const rendered = answers.filter(({ text }) => text !== undefined).length;
  expect(rendered).toBeGreaterThan(PER_SEED * LEAST_RENDERED);
});
