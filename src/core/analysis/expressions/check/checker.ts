/** Finds out what is known of each part of an expression, and whether the parts fit together. */
import { ANY, ANYS, BOOL, FLOAT64, funcOf, INT, OBJECT, STRING } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { typeOf } from '../go/value.ts';
import { BUILTIN_NAMES } from '../syntax/builtin-names.ts';
import type { ConditionalNode, DeclarationNode, Node, PointerNode } from '../syntax/node.ts';
import { builtinCallNature, callNature } from './calls.ts';
import { memberNature, sliceNature } from './members.ts';
import {
  canBeAssigned,
  elementsOf,
  isBool,
  isList,
  isUnknown,
  listOf,
  natureOf,
  NIL,
  shownNature,
  throughPointer,
  UNKNOWN,
  type Nature,
} from './nature.ts';
import { binaryNature, unaryNature } from './operators.ts';
import { predicateNature } from './predicates.ts';
import { problemAt, type Checking, type EnvironmentNatures, type PredicateScope } from './scope.ts';

export interface Checked {
  readonly natures: ReadonlyMap<Node, Nature>;
  /** Whole numbers that stand where a float is asked for. */
  readonly floats: ReadonlySet<Node>;
}

/** What is known of every node that matters. Throws for parts that do not fit together. */
export function check(root: Node, environment: EnvironmentNatures): Checked {
  const natures = new Map<Node, Nature>();
  const floats = new Set<Node>();
  const variables: (readonly [name: string, nature: Nature])[] = [];
  const predicates: PredicateScope[] = [];
  const checking: Checking = {
    environment,
    natures,
    floats,
    visit: (node) => {
      const known = natures.get(node);
      if (known !== undefined) return known;
      const nature = visited(node, checking);
      natures.set(node, nature);
      return nature;
    },
    withVariable: (name, nature, node) => {
      variables.push([name, nature]);
      const found = checking.visit(node);
      variables.pop();
      return found;
    },
    inPredicate: (scope, node) => {
      predicates.push(scope);
      const found = checking.visit(node);
      predicates.pop();
      return found;
    },
    variable: (name) => variables.findLast(([one]) => one === name)?.[1],
    predicate: () => predicates.at(-1),
  };
  checking.visit(root);
  return { natures, floats };
}

function visited(node: Node, checking: Checking): Nature {
  const { visit } = checking;
  switch (node.kind) {
    case 'nil':
      return NIL;
    case 'bool':
      return natureOf(BOOL);
    case 'integer':
      return natureOf(INT);
    case 'float':
      return natureOf(FLOAT64);
    case 'string':
      return natureOf(STRING);
    case 'identifier':
      return identifierNature(node.name, node, checking);
    case 'unary':
      return unaryNature(node, checking);
    case 'binary':
      return binaryNature(node, checking);
    case 'chain':
      return visit(node.inner);
    case 'member':
      return memberNature(node, checking);
    case 'slice':
      return sliceNature(node, checking);
    case 'call':
      return callNature(node, checking);
    case 'builtin':
      return predicateNature(node, checking) ?? builtinCallNature(node, checking);
    case 'predicate':
      return visit(node.body);
    case 'pointer':
      return pointerNature(node, checking);
    case 'declaration':
      return declarationNature(node, checking);
    case 'sequence':
      return node.nodes.map(visit).at(-1) ?? UNKNOWN;
    case 'conditional':
      return conditionalNature(node, checking);
    case 'array':
      return arrayNature(node.items.map(visit));
    case 'map':
      for (const part of node.pairs.flat()) visit(part);
      return natureOf(OBJECT);
    case 'constant':
      return natureOf(typeOf(node.value) ?? ANY);
  }
}

function identifierNature(name: string, node: Node, { environment, variable }: Checking): Nature {
  const found = variable(name);
  if (found !== undefined) return found;
  if (name === '$env') return UNKNOWN;
  const nature = environment.get(name);
  if (nature !== undefined) return nature;
  // The name of a builtin on its own is a function that nothing can be done with.
  if (BUILTIN_NAMES.has(name)) return natureOf(funcOf([], [ANY]));
  throw problemAt(node, `unknown name ${name}`);
}

function pointerNature(node: PointerNode, { predicate }: Checking): Nature {
  const scope = predicate();
  if (scope === undefined) throw problemAt(node, 'cannot use pointer accessor outside predicate');
  if (node.name === '') {
    return isUnknown(scope.collection) ? UNKNOWN : elementsOf(scope.collection);
  }
  const found = scope.pointers.get(node.name);
  if (found === undefined) throw problemAt(node, `unknown pointer #${node.name}`);
  return found;
}

function declarationNature(node: DeclarationNode, { environment, variable, visit, withVariable }: Checking): Nature {
  const { name, value, body } = node;
  const taken = environment.has(name)
    ? name
    : BUILTIN_NAMES.has(name)
      ? `builtin ${name}`
      : variable(name) !== undefined
        ? `variable ${name}`
        : null;
  if (taken !== null) throw problemAt(node, `cannot redeclare ${taken}`);
  return withVariable(name, visit(value), body);
}

function conditionalNature({ condition, whenTrue, whenFalse }: ConditionalNode, { visit }: Checking): Nature {
  const decides = throughPointer(visit(condition));
  if (!isBool(decides) && !isUnknown(decides)) {
    throw new ExpressionProblem(`non-bool expression (type ${shownNature(decides)}) used as condition`, condition.at);
  }
  const [one, other] = [visit(whenTrue), visit(whenFalse)];
  if (one.nil) return other;
  if (other.nil) return one;
  if (!canBeAssigned(one, other)) return UNKNOWN;
  if (!isList(one) || !isList(other)) return one;
  const [a, b] = [elementsOf(one), elementsOf(other)];
  return canBeAssigned(a, b) && canBeAssigned(b, a) ? one : natureOf(ANYS);
}

/** Elements of one kind are known to be that. */
function arrayNature(items: readonly Nature[]): Nature {
  const kinds = new Set(items.map(({ type }) => type?.kind ?? 'unknown'));
  return kinds.size > 1 ? natureOf(ANYS) : listOf(items.at(-1) ?? UNKNOWN);
}
