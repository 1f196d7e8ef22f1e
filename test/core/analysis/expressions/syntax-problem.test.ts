/** Which conditions are refused before there is anything to evaluate them on. */
import { describe, expect, test } from 'vitest';
import { syntaxProblem } from '../../../../src/core/analysis/expressions/syntax-problem.ts';

describe('accepted', () => {
  test.each([
    ['a condition', 'result[0] >= 0.95'],
    ['a name that nothing has', 'foo > 1'],
    ['types that do not fit together', '1 == "a"'],
    ['an argument as a number', 'result[0] >= {{args.limit}}'],
    ['an argument as an operator', 'result[0] {{ args.operator }} 0.95'],
    ['an operand and an operator', 'result[0] {{args.operator}} {{args.limit}}'],
    ['an argument within a string', 'result.name == "{{args.name}}"'],
    ['an argument as the whole condition', '{{args.condition}}'],
    ['an argument as an index and as a member', 'result[{{args.index}}] > 1 && result.{{args.member}} > 2'],
    ['an argument as the digits of a number', 'result[0] > 0.{{args.percent}}'],
    ['more arguments than can be tried', '{{a}} {{b}} {{c}} {{d}} {{e}} {{f}}'],
  ])('%s', (_, text) => {
    expect(syntaxProblem(text)).toBeNull();
  });
});

describe('refused', () => {
  test.each([
    ['nothing', '', 'unexpected token EOF'],
    ['an operand that is missing', 'result >', 'unexpected token EOF (1:8)\n | result >\n | .......^'],
    [
      'a bracket that is not closed',
      'all(result, # > 1',
      'unexpected token EOF (1:17)\n | all(result, # > 1\n | ................^',
    ],
    ['an assignment', 'a = 1', 'unexpected token Operator("=") (1:3)\n | a = 1\n | ..^'],
    ['a string that is not closed', 'a == "b', 'literal not terminated (1:8)\n | a == "b\n | .......^'],
    [
      'a mistake before an argument',
      'a == == {{args.b}}',
      'unexpected token Operator("==") (1:6)\n | a == == x\n | .....^',
    ],
    ['a mistake after an argument', 'a > {{args.b}} &&', 'unexpected token EOF (1:8)\n | a > x &&\n | .......^'],
  ])('%s', (_, text, problem) => {
    expect(syntaxProblem(text)).toBe(problem);
  });
});
