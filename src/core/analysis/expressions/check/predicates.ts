/** What builtins with a predicate take, and what they make of it. */
import { ANY, ANYS, BOOL, GROUPS, INT } from '../go/go-type.ts';
import type { ExpressionProblem } from '../go/problem.ts';
import type { BuiltinNode, Node } from '../syntax/node.ts';
import {
  elementsOf,
  isBool,
  isList,
  isUnknown,
  listOf,
  natureOf,
  shownNature,
  throughPointer,
  UNKNOWN,
  type Nature,
} from './nature.ts';
import { problemAt, type Checking } from './scope.ts';

/** What is known of the list, and of what the predicate makes of each element. */
interface Found {
  readonly collection: Nature;
  /** `null` where there is no predicate. */
  readonly made: Nature | null;
}

interface PredicateBuiltin {
  /** The predicate has to be true or false. */
  readonly decides: boolean;
  readonly pointers?: ReadonlyMap<string, Nature>;
  readonly outcome: (found: Found) => Nature;
}

const int = natureOf(INT);
const INDEX: ReadonlyMap<string, Nature> = new Map([['index', int]]);
const INDEX_AND_ACC: ReadonlyMap<string, Nature> = new Map([
  ['index', int],
  ['acc', UNKNOWN],
]);

const bool = (): Nature => natureOf(BOOL);
const whole = (): Nature => int;
const element = ({ collection }: Found): Nature => (isUnknown(collection) ? UNKNOWN : elementsOf(collection));
/** Of the outcome of a predicate only the type is known. */
const typeAlone = (nature: Nature): Nature => natureOf(nature.type ?? ANY);

const PREDICATE_BUILTINS: Readonly<Record<string, PredicateBuiltin>> = {
  all: { decides: true, outcome: bool },
  none: { decides: true, outcome: bool },
  any: { decides: true, outcome: bool },
  one: { decides: true, outcome: bool },
  filter: {
    decides: true,
    outcome: ({ collection }) => (isUnknown(collection) ? natureOf(ANYS) : listOf(elementsOf(collection))),
  },
  map: { decides: false, pointers: INDEX, outcome: ({ made }) => listOf(made ?? UNKNOWN) },
  count: { decides: true, outcome: whole },
  sum: { decides: false, outcome: (found) => (found.made === null ? element(found) : typeAlone(found.made)) },
  find: { decides: true, outcome: element },
  findLast: { decides: true, outcome: element },
  findIndex: { decides: true, outcome: whole },
  findLastIndex: { decides: true, outcome: whole },
  groupBy: {
    decides: false,
    outcome: ({ collection }) => ({ ...natureOf(GROUPS), elements: listOf(elementsOf(collection)) }),
  },
  sortBy: { decides: false, outcome: ({ collection }) => collection },
  reduce: { decides: false, pointers: INDEX_AND_ACC, outcome: ({ made }) => made ?? UNKNOWN },
};

/** What the library says of a predicate of `sum` that makes nil: it does not fit the form that the others have. */
function withoutOutcome(list: Node, predicate: Node, collection: Nature): ExpressionProblem {
  if (isUnknown(collection) || collection.type === ANYS) {
    const types = 'func(interface {}) as argument (type func(interface {}) bool)';
    return problemAt(predicate, `cannot use ${types} to call sum `);
  }
  return problemAt(list, `cannot use ${shownNature(collection)} as argument (type ${ANYS.name}) to call sum `);
}

/** The nature of a builtin that takes a predicate; `null` for all others. */
export function predicateNature(node: BuiltinNode, checking: Checking): Nature | null {
  const builtin = Object.hasOwn(PREDICATE_BUILTINS, node.name) ? PREDICATE_BUILTINS[node.name] : undefined;
  const [list, predicate, last] = node.args;
  if (builtin === undefined || list === undefined) return null;
  const collection = throughPointer(checking.visit(list));
  if (!isList(collection) && !isUnknown(collection)) {
    throw problemAt(list, `builtin ${node.name} takes only array (got ${shownNature(collection)})`);
  }
  if (predicate === undefined) return builtin.outcome({ collection, made: null });
  const made = checking.inPredicate({ collection, pointers: builtin.pointers ?? new Map<string, Nature>() }, predicate);
  if (last !== undefined) checking.visit(last);
  if (made.nil) {
    const count = node.name === 'reduce' ? 'two' : 'one';
    if (node.name === 'sum') throw withoutOutcome(list, predicate, collection);
    throw problemAt(predicate, `predicate should has ${count} input and one output param`);
  }
  if (builtin.decides && !isBool(made) && !isUnknown(made)) {
    throw problemAt(predicate, `predicate should return boolean (got ${shownNature(made)})`);
  }
  return builtin.outcome({ collection, made });
}
