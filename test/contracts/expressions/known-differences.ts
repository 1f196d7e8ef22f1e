/**
 * Where our interpreter and the real library are allowed to differ, each with the reason. Whatever is not in these
 * lists is a failure.
 */
import type { ConditionProblem } from '../../../src/core/analysis/expressions/condition.ts';
import type { Answer, Question } from './reference.ts';

export type Ours = { readonly value: boolean } | ConditionProblem;

interface Difference {
  readonly reason: string;
  readonly applies: (question: Question, theirs: Answer, ours: Ours) => boolean;
}

const problemOf = (ours: Ours): string => ('problem' in ours ? ours.problem : '');

/** Both say something of this form. */
const alike = (form: RegExp): Difference['applies'] => {
  return (_, { message = '' }, ours) => form.test(message) && form.test(problemOf(ours));
};

const LEFT_BEHIND: readonly Difference[] = [
  {
    reason:
      'after findLast and findLastIndex (also filter(…)[-1] and last(filter(…))) the library leaves a true or false ' +
      'behind, which then takes the place of another operand; ours has no such fault',
    applies: ({ expression }) => /findLast|filter[\s\S]*(?:\[-1\]|last\()|last\([\s\S]*filter/.test(expression),
  },
  {
    reason:
      'where a chain (?.) ends before a method is called, the library leaves the arguments behind, which then take ' +
      'the place of another operand; ours has no such fault',
    applies: ({ expression }) => /\?\.[^?]*\.[A-Z]\w*\([^)]/.test(expression),
  },
];

/** Other outcomes: true, false, or a problem. */
export const OUTCOMES: readonly Difference[] = [
  ...LEFT_BEHIND,
  {
    reason: 'ours is bounded: the library would compute on for as long as it takes',
    applies: (_, __, ours) => problemOf(ours) === 'the expression takes too many steps',
  },
  {
    reason: 'ours does not calculate with dates millions of years away, whose year wraps around in Go',
    applies: (_, __, ours) => problemOf(ours) === 'the date is too far away',
  },
];

/** The same outcome, a problem, in other words. */
export const MESSAGES: readonly Difference[] = [
  ...LEFT_BEHIND,
  {
    reason: 'what is wrong with JSON is said in the words of its parser',
    applies: (_, __, ours) => problemOf(ours) === 'invalid JSON',
  },
  {
    reason: 'Go shows the addresses of functions and pointers, which say nothing',
    applies: (_, { message = '' }) => /0x[\da-f]{6,}/.test(message),
  },
  {
    reason: 'Go decodes base64 in groups, so that it names another byte as the first wrong one',
    applies: alike(/^illegal base64 data at input byte /),
  },
  {
    reason: 'a builtin or a method that is not called is a function; ours does not know its whole type',
    applies: alike(/func\(/),
  },
  {
    reason: 'Go names a fault of its reflection where there is nothing to make a number of',
    applies: (_, __, ours) => problemOf(ours) === 'invalid operation: int(<nil>)',
  },
  { reason: 'what is wrong with a pattern is said by RE2JS', applies: alike(/^error parsing regexp: /) },
  { reason: 'Go has two ways to say that a value cannot be a key', applies: alike(/hash of unhashable type/) },
  {
    reason: 'after a mistake the library reads on, and may find what cannot be read at all',
    applies: (_, { stage, message = '' }) =>
      stage === 'compile' && /^(?:literal not|unrecognized|invalid char|unclosed|bad number)/.test(message),
  },
  {
    reason: 'Go takes the keys of a map in another order each time',
    applies: ({ expression }, theirs, ours) =>
      /\b(?:keys|values|toPairs)\(/.test(expression) &&
      alike(/^invalid operation: \S+ < /)({ expression }, theirs, ours),
  },
  { reason: 'Go has two ways to say that nil has no members', applies: alike(/^cannot (?:get|fetch) \S+ from <nil>$/) },
  { reason: 'Go says whether a text or a list is too short', applies: alike(/^reflect: \w+ index out of range$/) },
  {
    reason: 'Go has an abbreviation for more time zones than ICU, so that the text of a time differs',
    applies: alike(/^(?:invalid date|parsing time) .* [+-]\d{4} /),
  },
  {
    reason: 'sum with a predicate that makes nil is refused either way, for one reason or another',
    applies: ({ expression }, _, ours) => expression.includes('sum(') && problemOf(ours).endsWith(' to call sum '),
  },
  {
    reason: 'of two arguments that are wrong, another one is reported first',
    applies: alike(/^interface conversion: interface \{\} is /),
  },
];

/** Why the two may differ here; `undefined` if they may not. */
export function reasonFor(
  list: readonly Difference[],
  question: Question,
  theirs: Answer,
  ours: Ours,
): string | undefined {
  return list.find(({ applies }) => applies(question, theirs, ours))?.reason;
}
