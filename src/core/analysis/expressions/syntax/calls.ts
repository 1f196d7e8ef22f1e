/** Reads calls by name: of builtins, of those that take a predicate, and of functions of the environment. */
import { BUILTIN_NAMES } from './builtin-names.ts';
import type { Grammar } from './cursor.ts';
import { argumentNodes } from './literals.ts';
import type { Node } from './node.ts';
import type { Token } from './token.ts';

type Parameter = 'value' | 'predicate' | 'value?' | 'predicate?';

const TAKES_PREDICATE: readonly Parameter[] = ['value', 'predicate'];

const PREDICATE_BUILTINS: ReadonlyMap<string, readonly Parameter[]> = new Map([
  ...['all', 'none', 'any', 'one', 'filter', 'map', 'find', 'findIndex', 'findLast', 'findLastIndex', 'groupBy'].map(
    (name): [string, readonly Parameter[]] => [name, TAKES_PREDICATE],
  ),
  ['count', ['value', 'predicate?']],
  ['sum', ['value', 'predicate?']],
  ['sortBy', ['value', 'predicate', 'value?']],
  ['reduce', ['value', 'predicate', 'value?']],
]);

/** The name has been taken; a pipe has brought the first argument. */
export function callNode(grammar: Grammar, { text: name, at }: Token, piped: readonly Node[]): Node {
  const { cursor } = grammar;
  const parameters = PREDICATE_BUILTINS.get(name);
  if (parameters !== undefined) return predicateCall(grammar, { name, at, parameters, piped });
  if (BUILTIN_NAMES.has(name)) {
    return cursor.make({ kind: 'builtin', name, args: argumentNodes(grammar, piped), at });
  }
  const callee = cursor.make({ kind: 'identifier', name, at });
  return cursor.make({ kind: 'call', callee, args: argumentNodes(grammar, piped), at });
}

interface PredicateCall {
  readonly name: string;
  readonly at: number;
  readonly parameters: readonly Parameter[];
  readonly piped: readonly Node[];
}

function predicateCall(grammar: Grammar, { name, at, parameters, piped }: PredicateCall): Node {
  const { cursor, expression } = grammar;
  cursor.expect('Bracket', '(');
  const args = [...piped];
  const left = parameters.slice(piped.length);
  for (const [index, parameter] of left.entries()) {
    if (cursor.is('Bracket', ')')) {
      if (parameter.endsWith('?')) break;
      throw cursor.fail(`expected at least ${left.length} arguments`);
    }
    if (index > 0) cursor.expect('Operator', ',');
    args.push(parameter.startsWith('value') ? expression(0) : predicateNode(grammar));
  }
  cursor.accept('Operator', ',');
  cursor.expect('Bracket', ')');
  return cursor.make({ kind: 'builtin', name, args, at });
}

function predicateNode({ cursor, expression, sequence }: Grammar): Node {
  const { at } = cursor.current();
  const inBrackets = cursor.accept('Bracket', '{');
  const body = cursor.inPredicate(() => {
    if (inBrackets) return sequence();
    const node = expression(0);
    if (cursor.is('Operator', ';')) throw cursor.fail('wrap predicate with brackets { and }');
    return node;
  });
  if (inBrackets) cursor.expect('Bracket', '}');
  return cursor.make({ kind: 'predicate', body, at });
}
