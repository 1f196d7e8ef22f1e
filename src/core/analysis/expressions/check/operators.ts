/** Which operands an operator takes, and what it makes of them. */
import { BOOL, DURATION, FLOAT64, INT, STRING, TIME } from '../go/go-type.ts';
import { compilePattern } from '../../pattern.ts';
import { fromBytes } from '../go/byte-text.ts';
import type { BinaryNode, UnaryNode } from '../syntax/node.ts';
import {
  canBeAssigned,
  canBeCompared,
  elementsOf,
  isBool,
  isDuration,
  isFloat,
  isList,
  isMap,
  isNumber,
  isStruct,
  isText,
  isTime,
  isUnknown,
  isWhole,
  listOf,
  maybe,
  natureOf,
  NIL,
  shownNature,
  throughPointer,
  UNKNOWN,
  type Nature,
} from './nature.ts';
import { problemAt, type Checking } from './scope.ts';

type Is = (nature: Nature) => boolean;

const bool = natureOf(BOOL);
const float = natureOf(FLOAT64);
const int = natureOf(INT);
const time = natureOf(TIME);
const duration = natureOf(DURATION);

/** What an operator makes of two kinds of operands. */
type Row = readonly [left: Is, right: Is, outcome: Nature | 'promoted'];

interface Rule {
  readonly rows: readonly Row[];
  /** Operands of these kinds may fit when the other one is not known. */
  readonly kinds: readonly Is[];
  readonly otherwise: Nature;
}

const same = (is: Is, outcome: Nature | 'promoted'): Row => [is, is, outcome];

const ORDER: Rule = {
  rows: [isNumber, isText, isTime, isDuration].map((is) => same(is, bool)),
  kinds: [isNumber, isText, isTime, isDuration],
  otherwise: bool,
};
const LOGIC: Rule = { rows: [same(isBool, bool)], kinds: [isBool], otherwise: bool };
const TEXT: Rule = { rows: [same(isText, bool)], kinds: [isText], otherwise: bool };
const POWER: Rule = { rows: [same(isNumber, float)], kinds: [isNumber], otherwise: float };

const RULES: Readonly<Record<string, Rule>> = {
  or: LOGIC,
  '||': LOGIC,
  and: LOGIC,
  '&&': LOGIC,
  '<': ORDER,
  '>': ORDER,
  '<=': ORDER,
  '>=': ORDER,
  contains: TEXT,
  startsWith: TEXT,
  endsWith: TEXT,
  matches: TEXT,
  '/': POWER,
  '**': POWER,
  '^': POWER,
  '%': { rows: [same(isWhole, int)], kinds: [isWhole], otherwise: int },
  '..': { rows: [same(isWhole, listOf(int))], kinds: [isWhole], otherwise: listOf(int) },
  '+': {
    rows: [
      same(isNumber, 'promoted'),
      same(isText, natureOf(STRING)),
      [isTime, isDuration, time],
      [isDuration, isTime, time],
      same(isDuration, duration),
    ],
    kinds: [isNumber, isText, isTime, isDuration],
    otherwise: UNKNOWN,
  },
  '-': {
    rows: [same(isNumber, 'promoted'), same(isTime, duration), [isTime, isDuration, time], same(isDuration, duration)],
    kinds: [isNumber, isTime, isDuration],
    otherwise: UNKNOWN,
  },
  '*': {
    rows: [
      same(isNumber, 'promoted'),
      [isNumber, isDuration, duration],
      [isDuration, isNumber, duration],
      same(isDuration, duration),
    ],
    kinds: [isNumber, isDuration],
    otherwise: UNKNOWN,
  },
};

export function unaryNature(node: UnaryNode, { visit }: Checking): Nature {
  const operand = throughPointer(visit(node.operand));
  const isNot = node.operator === '!' || node.operator === 'not';
  if (isNot && (isBool(operand) || isUnknown(operand))) return bool;
  if (!isNot && isNumber(operand)) return operand;
  if (!isNot && isUnknown(operand)) return UNKNOWN;
  throw problemAt(node, `invalid operation: ${node.operator} (mismatched type ${shownNature(operand)})`);
}

export function binaryNature(node: BinaryNode, { visit }: Checking): Nature {
  const left = throughPointer(visit(node.left));
  const right = throughPointer(visit(node.right));
  const found = outcome(node, left, right);
  if (found !== null) return found;
  const types = `${shownNature(left)} and ${shownNature(right)}`;
  throw problemAt(node, `invalid operation: ${node.operator} (mismatched types ${types})`);
}

/** `null` for operands that do not fit. */
function outcome(node: BinaryNode, left: Nature, right: Nature): Nature | null {
  const { operator } = node;
  if (operator === '==' || operator === '!=') return canBeCompared(left, right) ? bool : null;
  if (operator === '??') return coalesced(left, right);
  if (operator === 'in') return membership(node, left, right);
  if (operator === 'matches') checkPattern(node);
  const rule = RULES[operator];
  if (rule === undefined) return null;
  const row = rule.rows.find(([fitsLeft, fitsRight]) => fitsLeft(left) && fitsRight(right));
  if (row !== undefined) return row[2] === 'promoted' ? (isFloat(left) || isFloat(right) ? float : int) : row[2];
  return maybe(left, right, rule.kinds) ? rule.otherwise : null;
}

function coalesced(left: Nature, right: Nature): Nature {
  if (left.nil) return right.nil ? NIL : right;
  if (right.nil) return left;
  return canBeAssigned(right, left) ? left : UNKNOWN;
}

function membership(node: BinaryNode, left: Nature, right: Nature): Nature | null {
  if ((isText(left) || isUnknown(left)) && isStruct(right)) return bool;
  if (isMap(right)) {
    const key = right.type?.key === undefined ? UNKNOWN : natureOf(right.type.key);
    if (isUnknown(left) || canBeAssigned(left, key)) return bool;
    throw problemAt(node, `cannot use ${shownNature(left)} as type ${shownNature(key)} in map key`);
  }
  if (isList(right)) {
    const elements = elementsOf(right);
    if (canBeCompared(left, elements)) return bool;
    throw problemAt(node, `cannot use ${shownNature(left)} as type ${shownNature(elements)} in array`);
  }
  return isUnknown(right) || (isUnknown(left) && isText(right)) ? bool : null;
}

/** A pattern that is written out has to be one. */
function checkPattern(node: BinaryNode): void {
  if (node.right.kind !== 'string') return;
  const pattern = compilePattern(fromBytes(node.right.value));
  if ('problem' in pattern) throw problemAt(node, pattern.problem);
}
