/** Evaluates an expression in an environment. */
import { check } from './check/checker.ts';
import { UNKNOWN } from './check/nature.ts';
import { compiled } from './compiled.ts';
import { type Environment, naturesOf } from './environment.ts';
import { createBudget, type Budget } from './go/budget.ts';
import { toBytes } from './go/byte-text.ts';
import { OBJECT } from './go/go-type.ts';
import { ExpressionProblem } from './go/problem.ts';
import { mapFrom, type Value } from './go/value.ts';
import { withSnippet } from './place.ts';
import { evaluate } from './run/evaluator.ts';
import type { Run } from './run/frame.ts';
import type { Tree } from './run/tree.ts';
import { parse } from './syntax/parser.ts';

/** Some problems quote a text of the result, which may be of any length. */
const LONGEST_PROBLEM = 1_000;
/** Of a millisecond. */
const NANOS = 1_000_000n;

/** Why an expression has no value. */
export interface Problem {
  /** What is wrong, without the place. */
  readonly problem: string;
  /** The same with line and column, and the line with a mark below. */
  readonly full: string;
  /** Before it was run, or while it ran. */
  readonly stage: 'compile' | 'run';
  /** It would not have arisen if there had been data. */
  readonly dataMissing: boolean;
}

/**
 * The value, or why there is none. `now` in milliseconds since the epoch; nothing is thrown for a bad expression.
 * `compileIn`: for an environment whose types say too much.
 */
export function outcomeOf(
  text: string,
  environment: Environment,
  now: number,
  budget: Budget = createBudget(),
  compileIn: (text: string, environment: Environment) => Tree = compiled,
): { readonly value: Value } | Problem {
  let run: Run | null = null;
  try {
    const { root, natures } = compileIn(text, environment);
    run = runOf(environment, natures, now, budget);
    return { value: evaluate(root, { variable: null, loop: null }, run) };
  } catch (error) {
    const { message, place, dataMissing } = asProblem(error);
    const problem = message.length > LONGEST_PROBLEM ? `${message.slice(0, LONGEST_PROBLEM)}…` : message;
    const stage = run === null ? 'compile' : 'run';
    return {
      problem,
      full: withSnippet(problem, text, place ?? run?.at ?? null),
      stage,
      dataMissing: stage === 'run' ? dataMissing : fitsWithData(text, environment),
    };
  }
}

function runOf(environment: Environment, natures: Run['natures'], now: number, budget: Budget): Run {
  return {
    budget,
    now: BigInt(Math.trunc(now)) * NANOS,
    environment,
    // Few expressions ask for it.
    get environmentMap() {
      return mapFrom(
        OBJECT,
        [...environment].map(([name, value]): readonly [Value, Value] => [toBytes(name), value]),
      );
    },
    natures,
    patterns: new Map(),
    at: 0,
  };
}

/** The engine's own limits are problems of the expression, too. */
function asProblem(error: unknown): ExpressionProblem {
  if (error instanceof ExpressionProblem) return error;
  if (error instanceof RangeError) return new ExpressionProblem('the expression is too large to be evaluated');
  throw error;
}

/** Whether the expression fits together if what is nil could be anything. */
function fitsWithData(text: string, environment: Environment): boolean {
  if (![...environment.values()].includes(null)) return false;
  try {
    check(parse(text), naturesOf(environment, UNKNOWN));
    return true;
  } catch {
    return false;
  }
}
