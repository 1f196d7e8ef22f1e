/** Evaluates a tree that has been checked. */
import { ANY, ANYS, OBJECT, STRING } from '../go/go-type.ts';
import { fromBytes } from '../go/byte-text.ts';
import { failure } from '../go/failure.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { dereferenced, isNil, list, mapFrom, type Value } from '../go/value.ts';
import { BUILTINS } from '../builtins/builtins.ts';
import { negate } from '../operations/arithmetic.ts';
import { call } from '../operations/call.ts';
import { fetch, notConverted, rawLength, slice } from '../operations/fetch.ts';
import type {
  ArrayNode,
  BinaryNode,
  BuiltinNode,
  CallNode,
  ConditionalNode,
  DeclarationNode,
  MapNode,
  MemberNode,
  Node,
  SequenceNode,
  SliceNode,
  UnaryNode,
} from '../syntax/node.ts';
import { isAnd, isOr } from '../syntax/operators.ts';
import type { Frame, Run } from './frame.ts';
import { looped } from './loops.ts';
import { asBool, operate } from './operate.ts';

/** Steps for a call of a function; that of a time may look up a zone. */
const CALLING = 100;

/** A chain ends here: what an optional member belongs to is nil. */
const ENDED = Symbol('ended');

/** The value of a node. Throws where the values do not allow what is asked, or the budget is used up. */
export function evaluate(node: Node, frame: Frame, run: Run): Value {
  run.budget.spend(1);
  switch (node.kind) {
    case 'nil':
      return null;
    case 'bool':
    case 'integer':
    case 'float':
    case 'string':
    case 'constant':
      return node.value;
    case 'identifier':
      return named(node.name, frame, run);
    case 'unary':
      return unary(node, frame, run);
    case 'binary':
      return binary(node, frame, run);
    case 'chain':
    case 'member':
    case 'call': {
      const value = spine(node.kind === 'chain' ? node.inner : node, frame, run);
      return value === ENDED || (node.kind === 'chain' && isNil(value)) ? null : value;
    }
    case 'slice':
      return sliced(node, frame, run);
    case 'builtin': {
      const value = looped(node, frame, run, (part, within) => evaluate(part, within, run));
      return value === undefined ? builtin(node, frame, run) : value;
    }
    case 'predicate':
      return evaluate(node.body, frame, run);
    case 'pointer':
      run.at = node.at;
      return pointed(node.name, frame);
    case 'declaration':
    case 'sequence':
    case 'conditional':
      return course(node, frame, run);
    case 'array':
    case 'map':
      return collected(node, frame, run);
  }
}

type Course = DeclarationNode | SequenceNode | ConditionalNode;

/** What decides which part is evaluated next. */
function course(node: Course, frame: Frame, run: Run): Value {
  switch (node.kind) {
    case 'declaration': {
      const variable = { name: node.name, value: evaluate(node.value, frame, run), outer: frame.variable };
      return evaluate(node.body, { ...frame, variable }, run);
    }
    case 'sequence':
      return node.nodes.map((part) => evaluate(part, frame, run)).at(-1) ?? null;
    case 'conditional': {
      const condition = dereferenced(evaluate(node.condition, frame, run));
      run.at = node.at;
      return evaluate(asBool(condition) ? node.whenTrue : node.whenFalse, frame, run);
    }
  }
}

/** A list or a map that is written out. */
function collected(node: ArrayNode | MapNode, frame: Frame, run: Run): Value {
  const parts = (nodes: readonly Node[]): readonly Value[] => nodes.map((part) => evaluate(part, frame, run));
  if (node.kind === 'array') {
    const items = parts(node.items);
    run.at = node.at;
    run.budget.grow(items.length);
    return list(ANYS, items);
  }
  const pairs = node.pairs.map((pair): readonly [Value, Value] => {
    const [key = null, value = null] = parts(pair);
    return [key, value];
  });
  run.at = node.at;
  run.budget.grow(pairs.length);
  for (const [key] of pairs) if (typeof key !== 'string') throw notConverted(key, STRING);
  return mapFrom(OBJECT, pairs);
}

function unary({ operator, operand, at }: UnaryNode, frame: Frame, run: Run): Value {
  const value = dereferenced(evaluate(operand, frame, run));
  run.at = at;
  if (operator === '+') return value;
  return operator === '-' ? negate(value) : !asBool(value);
}

function named(name: string, frame: Frame, { environment, environmentMap }: Run): Value {
  for (let variable = frame.variable; variable !== null; variable = variable.outer) {
    if (variable.name === name) return variable.value;
  }
  return name === '$env' ? environmentMap : (environment.get(name) ?? null);
}

function binary(node: BinaryNode, frame: Frame, run: Run): Value {
  const left = dereferenced(evaluate(node.left, frame, run));
  run.at = node.at;
  const { operator } = node;
  if (isAnd(operator) && !asBool(left)) return left;
  if (isOr(operator) && asBool(left)) return left;
  if (operator === '??' && !isNil(left)) return left;
  const right = dereferenced(evaluate(node.right, frame, run));
  if (isAnd(operator) || isOr(operator) || operator === '??') return right;
  run.at = node.at;
  return operate(node, left, right, run);
}

/** Members and calls, one after the other, until one ends the chain. */
function spine(node: Node, frame: Frame, run: Run): Value | typeof ENDED {
  if (node.kind === 'member') return member(node, frame, run);
  if (node.kind === 'call') return called(node, frame, run);
  return evaluate(node, frame, run);
}

function member({ base, property, optional, at }: MemberNode, frame: Frame, run: Run): Value | typeof ENDED {
  const from = spine(base, frame, run);
  if (from === ENDED || (optional && isNil(from))) return ENDED;
  const what = dereferenced(evaluate(property, frame, run));
  run.at = at;
  if (from === null && typeof what === 'string' && run.natures.get(base)?.type?.kind === 'struct') {
    throw failure(`cannot get ${fromBytes(what)} from <nil>`, from);
  }
  return fetch(from, what, run.budget);
}

/** The arguments come before the function. */
function called({ callee, args, at }: CallNode, frame: Frame, run: Run): Value | typeof ENDED {
  const type = run.natures.get(callee)?.type;
  const isKnown = type?.kind === 'func';
  const values = args.map((arg, index) => {
    const value = evaluate(arg, frame, run);
    const wanted = type?.params?.[index] ?? ANY;
    return isKnown && wanted.kind !== 'interface' && wanted.kind !== 'ptr' ? dereferenced(value) : value;
  });
  const found = spine(callee, frame, run);
  if (found === ENDED) return ENDED;
  run.at = at;
  run.budget.spend(CALLING);
  for (const value of values) if (typeof value === 'string') run.budget.spend(value.length);
  return call(found, values, isKnown);
}

function sliced({ base, from, to, at }: SliceNode, frame: Frame, run: Run): Value {
  const value = evaluate(base, frame, run);
  run.at = at;
  const end = to === null ? rawLength(value) : dereferenced(evaluate(to, frame, run));
  const start = from === null ? 0n : dereferenced(evaluate(from, frame, run));
  run.at = at;
  return slice(value, start, end, run.budget);
}

function builtin({ name, args, at }: BuiltinNode, frame: Frame, run: Run): Value {
  const found = BUILTINS.get(name);
  if (found === undefined) throw new ExpressionProblem(`unknown builtin ${name}`, at);
  const values = args.map((arg) => dereferenced(evaluate(arg, frame, run)));
  run.at = at;
  return found.run(values, run);
}

function pointed(name: string, { loop }: Frame): Value {
  if (loop === null) return null;
  if (name === 'index') return BigInt(loop.index);
  return name === 'acc' ? loop.accumulated : loop.collection.at(loop.index);
}
