/**
 * Our conditions against the real expression library: every case of the table, and expressions by chance. Where there
 * is no Go to build the library with, nothing is compared.
 */
import { describe, expect, test } from 'vitest';
import { evaluateCondition } from '../../../src/core/analysis/expressions/condition.ts';
import { evaluateTime } from '../../../src/core/analysis/expressions/time-expression.ts';
import { Random } from '../../simulation/random.ts';
import { CASES, shownResult } from './cases/cases.ts';
import { expressionBy } from './generated/expressions.ts';
import { resultBy } from './generated/results.ts';
import { MESSAGES, OUTCOMES, reasonFor, type Ours } from './known-differences.ts';
import { findReference, type Answer, type Question } from './reference.ts';

const SEEDS = [1, 2, 3, 4];
const PER_SEED = 5_000;
/** Of all expressions by chance: fewer that are true or false would say little about how they are evaluated. */
const LEAST_EVALUATED = 0.3;
/** More outcomes that differ for a known reason would mean that the reasons cover something else, too. */
const MOST_EXCUSED = 0.005;

const reference = await findReference();
if (reference === null) {
  process.stderr.write('There is no Go here, so conditions are not compared with the real expression library.\n');
}
const ask = reference ?? (() => Promise.resolve(null));

const outcomeOf = (answer: Answer | Ours): string => ('stage' in answer ? answer.stage : String(answer.value)) ?? '';

const hasOtherOutcome = (theirs: Answer, ours: Ours): boolean => outcomeOf(theirs) !== outcomeOf(ours);

/** What differs without a reason; `null` if nothing does. */
function difference(question: Question, theirs: Answer, ours: Ours): string | null {
  const others = [outcomeOf(theirs), outcomeOf(ours)];
  const messages = [theirs.message ?? '', 'problem' in ours ? ours.problem : ''];
  const isOther = hasOtherOutcome(theirs, ours);
  if (!isOther && messages[0] === messages[1]) return null;
  if (reasonFor(isOther ? OUTCOMES : MESSAGES, question, theirs, ours) !== undefined) return null;
  const result = question.result === undefined ? '' : ` on ${shownResult(question.result)}`;
  return `${question.expression}${result}: ${others.join(', but ours ')} (${messages.join(', but ours ')})`;
}

describe('the table of cases is what the real library says', async () => {
  const answers = await ask(CASES);
  const rows = CASES.map((one, index) => ({ ...one, shown: shownResult(one.result), answer: answers?.[index] }));

  test.each(rows)('$expression on $shown', ({ expression, result, outcome, answer }) => {
    if (answer === undefined) return;
    expect(answer.message ?? answer.value).toBe(outcome);
    const ours = evaluateCondition(expression, result, Date.now());
    expect('full' in ours ? ours.full : ours.value).toBe(answer.full ?? answer.message ?? answer.value);
  });
});

test.each(SEEDS)(`${PER_SEED} expressions by chance have the same outcome, seed %i`, async (seed) => {
  const random = new Random(seed);
  const questions = Array.from({ length: PER_SEED }, () => {
    const result = resultBy(random);
    return { result, expression: expressionBy(random, result) };
  });
  const answers = await ask(questions);
  if (answers === null) return;
  const now = Date.now();
  const pairs = questions.map((question, index) => {
    const theirs = answers[index] ?? {};
    return { question, theirs, ours: evaluateCondition(question.expression, question.result, now) };
  });
  expect(pairs.flatMap(({ question, theirs, ours }) => difference(question, theirs, ours) ?? [])).toEqual([]);
  const excused = pairs.filter(({ theirs, ours }) => hasOtherOutcome(theirs, ours));
  expect(excused.length).toBeLessThan(PER_SEED * MOST_EXCUSED);
  const evaluated = answers.filter(({ stage }) => stage === undefined).length;
  expect(evaluated).toBeGreaterThan(PER_SEED * LEAST_EVALUATED);
});

/** They do not name the current time, which the library asks the clock for. */
const TIMES = [
  'date("2024-02-29") - duration("1h")',
  'date("2024-02-29T12:00:00+02:00")',
  'date("2024-06-01 12:00", "2006-01-02 15:04", "America/New_York").AddDate(0, 0, -7)',
  'duration("1h")',
  '"2024-02-29"',
  'date("x")',
  'result',
  'asInt("5")',
  'date("2024-02-29"',
];

describe('a time is the same', async () => {
  const answers = await ask(TIMES.map((expression) => ({ expression })));

  test.each(TIMES.map((expression, index) => ({ expression, answer: answers?.[index] })))(
    '$expression',
    ({ expression, answer }) => {
      if (answer === undefined) return;
      const ours = evaluateTime(expression, Date.now());
      expect('problem' in ours ? ours.problem : ours.time).toBe(answer.message ?? answer.value);
    },
  );
});
