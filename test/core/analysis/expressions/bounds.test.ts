/**
 * No expression holds up the process: each of these would take hours, or all memory, if nothing bounded it. The limit
 * of time of a test is the same for all of them and generous; what is checked is which bound ends them.
 */
import { describe, expect, test } from 'vitest';
import { evaluateCondition } from '../../../../src/core/analysis/expressions/condition.ts';
import { syntaxProblem } from '../../../../src/core/analysis/expressions/syntax-problem.ts';
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';
import type { Json } from '../../../../src/kube/json.ts';

const STEPS = 'the expression takes too many steps';
const MEMORY = 'memory budget exceeded';
const NODES = 'compilation failed: expression exceeds maximum allowed nodes';
const NESTED = 'the expression is nested too deeply';
const DEPTH = 'recursion depth exceeded';

const ONE: MetricValue = { type: 'floats', values: [1] };
const LONG: MetricValue = { type: 'text', value: 'a'.repeat(2_000_000) };
const UMLAUTS: MetricValue = { type: 'text', value: 'ü'.repeat(500_000) };
const WIDE: MetricValue = { type: 'json', value: Array.from({ length: 200_000 }, (_, index) => index) };
const LAYOUT: MetricValue = { type: 'text', value: '2006-01-02 '.repeat(10_000) };
const DEEP: MetricValue = { type: 'json', value: nested(20_000) };
/** Shares its parts, so that it is small, and without end for whoever walks through it. */
const SHARED = 'reduce(1..60, [#acc, #acc], [1])';

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('an evaluation ends', () => {
  test.each([
    ['loops in loops', 'all(1..900, all(1..900, all(1..900, true)))', ONE, STEPS],
    ['loops over one list', 'let r = 1..900; all(r, all(r, all(r, true)))', ONE, STEPS],
    ['a list of a million', 'len(1..1000000) > 1', ONE, MEMORY],
    ['a text that doubles', 'reduce(1..60, #acc + #acc, "a") == ""', ONE, MEMORY],
    ['a text that repeats', 'repeat(repeat("a", 1000), 1000) == ""', ONE, MEMORY],
    ['a text that replaces', 'replace(repeat("a", 10000), "a", repeat("b", 10000)) == ""', ONE, MEMORY],
    ['a text that joins', 'join(split(repeat("a", 90000), ""), repeat("b", 90000)) == ""', ONE, MEMORY],
    ['a shared list that is compared', `${SHARED} == ${SHARED}`, ONE, STEPS],
    ['a shared list that is printed', `string(${SHARED}) == ""`, ONE, STEPS],
    ['a shared list as JSON', `toJSON(${SHARED}) == ""`, ONE, STEPS],
    ['a shared list that is flattened', `len(flatten(${SHARED})) == 1`, ONE, STEPS],
    ['the greatest of a shared list', `max(${SHARED}) == 1`, ONE, STEPS],
    ['a list within a list, and so on', 'string(reduce(1..100000, [#acc], [1])) == ""', ONE, DEPTH],
    ['JSON that is nested deeply', 'result == nil', DEEP, `the result cannot be evaluated: ${DEPTH}`],
    ['text of JSON that is nested deeply', 'fromJSON(repeat("[", 400000) + repeat("]", 400000)) == nil', ONE, DEPTH],
    ['searching a long text again and again', 'any(1..100, result contains "b")', LONG, STEPS],
    ['matching a long text again and again', 'any(1..100, result matches "(a|aa)+$b")', LONG, STEPS],
    ['a pattern that repeats itself on a long text', 'result matches "([ab]?){1000}c"', LONG, STEPS],
    ['capitals of a long text', 'any(1..100, upper(result) == "")', UMLAUTS, STEPS],
    ['trimming a long text', 'any(1..100, trim(result, "ü") == "x")', UMLAUTS, STEPS],
    ['sorting again and again', 'any(1..100, len(sort(result)) == 1)', WIDE, MEMORY],
    ['each element against each other', 'len(uniq(result)) == 1', WIDE, STEPS],
    ['reading dates', 'any(1..100000, date("2024-01-01").Year() == 1)', ONE, STEPS],
    ['clocks of other zones', 'any(1..99999, now().In(timezone("Asia/Tokyo")).Year() == 1)', ONE, STEPS],
    ['a long layout of a time', 'any(1..100000, now().Format(result) == "")', LAYOUT, STEPS],
    ['a number of many digits', 'asFloat(result) == 1', { ...LONG, value: '1'.repeat(3_000_000) } as const, STEPS],
  ])('for %s', (_, condition, result, problem) => {
    expect(evaluateCondition(condition, result, 0)).toMatchObject({ problem });
  });

  test('and a problem stays short, however long the text that it quotes', () => {
    const outcome = evaluateCondition('duration(result) == nil', { type: 'text', value: 'x'.repeat(100_000) }, 0);
    expect('problem' in outcome ? outcome.problem.length : Infinity).toBeLessThan(1_100);
  });
});

describe('a source is refused', () => {
  test.each([
    ['that is too long', `${'1 + '.repeat(20_000)}1`, 'the expression is longer than 50000 characters'],
    ['with brackets in brackets', '('.repeat(20_000), NESTED],
    ['with lists in lists', '['.repeat(20_000), NESTED],
    ['with one operator after another', `${'!'.repeat(20_000)}true`, NESTED],
    ['with powers of powers', `1${'**1'.repeat(10_000)}`, NESTED],
    ['with conditionals in conditionals', `${'true ? '.repeat(3_000)}1${': 0'.repeat(3_000)}`, NESTED],
    ['with many variables', `${'let a = 1; '.repeat(3_000)}a`, NESTED],
    ['with a long sum', `1${'+1'.repeat(20_000)}`, NODES],
    ['with a sum that is deep rather than long', `1${'+1'.repeat(1_000)}`, NESTED],
    ['with a long chain of comparisons', `1${' < 2'.repeat(4_000)}`, NODES],
    ['that doubles what it repeats', `${'('.repeat(60)}a${' ?: false)'.repeat(60)}`, NODES],
  ])('%s', (_, text, problem) => {
    expect(syntaxProblem(text)?.split(' (1:')[0]).toBe(problem);
    expect(evaluateCondition(text, ONE, 0)).toMatchObject({ problem });
  });
});
