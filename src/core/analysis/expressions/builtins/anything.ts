/** Builtins that take values of any type. */
import { runeCount } from '../go/byte-text.ts';
import { failure } from '../go/failure.ts';
import { ANY, INT, STRING } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { isList, isMap, typeName, typeOf, type Value } from '../go/value.ts';
import { parseJson, toJson } from '../operations/json.ts';
import { printed } from '../operations/print.ts';
import {
  checkCount,
  form,
  isListKind,
  kindOf,
  shownType,
  textAt,
  type Builtins,
  type Surroundings,
} from './builtin.ts';

/** Characters of a text, elements of a list or a map. */
function length(value: Value, { budget }: Surroundings): bigint {
  if (isList(value)) return BigInt(value.items.length);
  if (isMap(value)) return BigInt(value.entries.size);
  const text = typeof value === 'object' && value?.kind === 'named' ? value.text : value;
  if (typeof text !== 'string') throw failure(`invalid argument for len (type ${typeName(value)})`, value);
  budget.spendText(text.length);
  return BigInt(runeCount(text));
}

function typeWord(value: Value): string {
  const type = typeOf(value);
  if (type === null) return 'nil';
  if (type.path !== '') return `${type.path}.${type.name.slice(type.name.indexOf('.') + 1)}`;
  switch (type.kind) {
    case 'int64':
      return 'int';
    case 'uint8':
      return 'uint';
    case 'float64':
      return 'float';
    case 'slice':
      return 'array';
    case 'ptr':
    case 'interface':
      return 'unknown';
    case 'bool':
    case 'int':
    case 'string':
    case 'array':
    case 'map':
    case 'struct':
    case 'func':
      return type.kind;
  }
}

export const ANY_BUILTINS: Builtins = {
  len: {
    check: (args) => {
      checkCount(args, 1);
      const kind = kindOf(args[0]);
      if (kind === 'interface' || kind === 'map' || kind === 'string' || isListKind(kind)) return INT;
      throw new ExpressionProblem(`invalid argument for len (type ${shownType(args[0])})`);
    },
    run: ([value = null], surroundings) => length(value, surroundings),
  },
  type: { signatures: [form([ANY], STRING)], run: ([value = null]) => typeWord(value) },
  string: { signatures: [form([ANY], STRING)], run: ([value = null], { budget }) => printed(value, budget) },
  toJSON: { signatures: [form([ANY], STRING)], run: ([value = null], { budget }) => toJson(value, budget) },
  fromJSON: { signatures: [form([STRING], ANY)], run: (args, { budget }) => parseJson(textAt(args, 0), budget) },
};
