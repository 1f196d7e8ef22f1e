/** Which arguments a function takes. */
import type { BuiltinNode, CallNode, Node } from '../syntax/node.ts';
import { BUILTINS } from '../builtins/builtins.ts';
import type { Builtin } from '../builtins/builtin.ts';
import { ANY, type GoType } from '../go/go-type.ts';
import { fromBytes } from '../go/byte-text.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { isEnvironment } from './members.ts';
import {
  canBeAssigned,
  elementsOf,
  isFloat,
  isUnknown,
  isWhole,
  natureOf,
  shownNature,
  throughPointer,
  UNKNOWN,
  type Nature,
} from './nature.ts';
import { problemAt, type Checking } from './scope.ts';

export function callNature(node: CallNode, checking: Checking): Nature {
  const { callee, args } = node;
  const nature = checking.visit(callee);
  // The arguments of a function that is not known are not looked at.
  if (isUnknown(nature)) return UNKNOWN;
  const name =
    callee.kind === 'identifier'
      ? callee.name
      : callee.kind === 'member' && callee.property.kind === 'string'
        ? fromBytes(callee.property.value)
        : 'function';
  if (nature.nil) throw problemAt(node, `${name} is nil; cannot call nil as function`);
  if (nature.type?.kind !== 'func') throw problemAt(node, `${shownNature(nature)} is not callable`);
  const { params = [], results = [] } = nature.type;
  if (results.length > 2) throw problemAt(node, `func ${name} returns more then two values`);
  const misfit = misfitOf({ name, params, args, node }, checking);
  if (misfit !== null) throw misfit;
  return natureOf(results[0] ?? ANY);
}

interface Call {
  readonly name: string;
  readonly params: readonly GoType[];
  readonly args: readonly Node[];
  readonly node: Node;
}

/** The first argument that does not fit, or that there are too many or too few; `null` if all is well. */
function misfitOf({ name, params, args, node }: Call, checking: Checking): ExpressionProblem | null {
  if (args.length !== params.length) {
    for (const arg of args) checking.visit(arg);
    const how = args.length > params.length ? 'too many' : 'not enough';
    return problemAt(node, `${how} arguments to call ${name}`);
  }
  for (const [index, arg] of args.entries()) {
    const param = natureOf(params[index] ?? ANY);
    const nature = checking.visit(arg);
    if (isFloat(param) && isWhole(nature)) {
      markFloats(arg, checking.floats);
      continue;
    }
    if (isWhole(param) && isWhole(nature)) continue;
    if (nature.nil) {
      if (param.type?.kind === 'ptr' || param.type?.kind === 'interface') continue;
      return problemAt(arg, `cannot use nil as argument (type ${shownNature(param)}) to call ${name}`);
    }
    const fits = canBeAssigned(nature, param) || canBeAssigned(throughPointer(nature), param) || isUnknown(nature);
    if (!fits) {
      const types = `${shownNature(nature)} as argument (type ${shownNature(param)})`;
      return problemAt(arg, `cannot use ${types} to call ${name} `);
    }
  }
  return null;
}

/** Whole numbers that are written out become floats where floats are asked for. */
function markFloats(node: Node, floats: Set<Node>): void {
  if (node.kind === 'integer') floats.add(node);
  if (node.kind === 'unary') markFloats(node.operand, floats);
  if (node.kind === 'binary' && ['+', '-', '*'].includes(node.operator)) {
    markFloats(node.left, floats);
    markFloats(node.right, floats);
  }
}

/** Of a builtin without a predicate. */
export function builtinCallNature(node: BuiltinNode, checking: Checking): Nature {
  const builtin = BUILTINS.get(node.name);
  if (builtin === undefined) throw problemAt(node, `unknown builtin ${node.name}`);
  if (node.name === 'get') return getNature(node, checking);
  return builtin.check === undefined
    ? firstFitting(node, builtin, checking)
    : checkedNature(node, builtin.check, checking);
}

function checkedNature(node: BuiltinNode, check: NonNullable<Builtin['check']>, { visit }: Checking): Nature {
  const types = node.args.map(visit).map((nature) => (isUnknown(nature) ? ANY : nature.type));
  try {
    return natureOf(check(types));
  } catch (error) {
    throw error instanceof ExpressionProblem ? problemAt(node, error.message) : error;
  }
}

/** The last problem counts when no form fits. */
function firstFitting(node: BuiltinNode, { signatures = [] }: Builtin, checking: Checking): Nature {
  const { name, args } = node;
  let last = problemAt(node, `no matching overload for ${name}`);
  for (const { params, result } of signatures) {
    const misfit = misfitOf({ name, params, args, node }, checking);
    if (misfit === null) return natureOf(result);
    last = misfit;
  }
  throw last;
}

function getNature(node: BuiltinNode, { visit, environment }: Checking): Nature {
  const [from, what] = node.args;
  if (from === undefined || what === undefined || node.args.length !== 2) {
    throw problemAt(node, `invalid number of arguments (expected 2, got ${node.args.length})`);
  }
  const base = visit(from);
  const property = throughPointer(visit(what));
  if (isEnvironment(from)) {
    return (what.kind === 'string' ? environment.get(fromBytes(what.value)) : undefined) ?? UNKNOWN;
  }
  if (isUnknown(base)) return UNKNOWN;
  if (base.type?.kind === 'slice' || base.type?.kind === 'array') {
    if (isWhole(property) || isUnknown(property)) return elementsOf(base);
    throw problemAt(what, `non-integer slice index ${shownNature(property)}`);
  }
  if (base.type?.kind === 'map') {
    const key = natureOf(base.type.key ?? ANY);
    if (canBeAssigned(property, key) || isUnknown(property)) return elementsOf(base);
    throw problemAt(what, `cannot use ${shownNature(property)} to get an element from ${shownNature(base)}`);
  }
  throw problemAt(from, `type ${shownNature(base)} does not support indexing`);
}
