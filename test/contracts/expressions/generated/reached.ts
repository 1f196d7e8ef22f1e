/** How an expression reaches into the result, or into the element that a predicate is asked about. */
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';
import type { Random } from '../../../simulation/random.ts';
import type { Form, Type } from './form.ts';
import { NAMES } from './results.ts';

/** A part of the result, or of the element at hand; mostly one that is likely to have the type. */
export const reached = (type: Type): Form => {
  return (r, _, s) => {
    if (r.chance(0.03)) return r.pick(['#index', '#acc', '#foo', 'foo', 'result.zzz', '$env["result"]', '$env.foo']);
    if (s.inPredicate && r.chance(0.75)) {
      const numbers = ['number', 'whole'].includes(type)
        ? [...(s.index ? ['#index'] : []), ...(s.acc ? ['#acc'] : [])]
        : [];
      const pointers = type === 'text' ? ['#', '#.text', '.text'] : ['#', '#', '#', '#', '#.n', ...numbers];
      return r.pick(pointers);
    }
    if (s.variables.length > 0 && r.chance(0.6)) return r.pick(s.variables);
    return ofResult(r, s.result, type);
  };
};

/** Members of JSON by the type that they mostly have. */
const MEMBERS: Readonly<Record<Type, readonly string[]>> = {
  bool: ['ok'],
  number: ['n', 'n', 'code', 'list[0]', 'items[0].n', 'list[-1]'],
  whole: ['code', 'n'],
  text: ['text', 'text', 'items[0].text'],
  list: ['list', 'list', 'items'],
  map: ['deep', 'items[0]'],
  time: ['text'],
  duration: ['text'],
  any: NAMES,
};

/** What stands where the result would hardly fit. */
const PLAIN: Readonly<Record<Type, readonly string[]>> = {
  bool: ['true', '1 < 2'],
  number: ['1.5', '2'],
  whole: ['3'],
  text: ['"a"'],
  list: ['[1, 0.5]'],
  map: ['{"a": 1}'],
  time: ['date("2024-05-06")'],
  duration: ['duration("1m")'],
  any: ['nil'],
};

function canBe(result: MetricValue, type: Type): boolean {
  if (type === 'any') return true;
  if (result.type === 'int' || result.type === 'float') return type === 'number' || type === 'whole';
  if (result.type === 'text') return type === 'text';
  if (result.type === 'floats') return type === 'number' || type === 'list';
  return result.type !== 'nil';
}

function ofResult(r: Random, result: MetricValue, type: Type): string {
  if (!canBe(result, type) && r.chance(0.85)) return r.pick(PLAIN[type]);
  const index = r.pick(['0', '0', '0', '0', '1', '-1', '2', '5', '-4', ...(r.chance(0.1) ? ['1.0', '"a"'] : [])]);
  const element = r.pick([`result[${index}]`, `result[${index}]`, `result?.[${index}]`, 'first(result)']);
  switch (result.type) {
    case 'nil':
    case 'int':
    case 'float':
    case 'text':
      return result.type === 'text' && r.chance(0.2) ? r.pick(['result[1:]', 'result[0]']) : 'result';
    case 'floats':
    case 'records':
      return type === 'list' || r.chance(0.1) ? 'result' : element;
    case 'json': {
      if (!Array.isArray(result.value)) return typeof result.value === 'object' ? member(r, 'result', type) : 'result';
      return type === 'list' || r.chance(0.1) ? 'result' : r.pick([element, element, `${element}.n`, 'result[0]?.n']);
    }
    case 'structs': {
      const fields = type === 'text' ? ['Label', 'Id', 'StatusCode'] : ['Values', 'Timestamps'];
      const field = r.pick(
        type === 'number'
          ? ['Values[0]', 'Values[-1]']
          : type === 'time'
            ? ['Timestamps[0]']
            : [...fields, 'Messages', 'Values', 'values'],
      );
      return r.chance(0.1) ? 'result' : `${element}${r.pick(['.', '.', '?.'])}${field}`;
    }
  }
}

function member(r: Random, from: string, type: Type): string {
  if (r.chance(0.1)) return 'result';
  if (r.chance(0.2)) return member(r, `${from}${r.pick(['.', '?.'])}deep`, type);
  const name = r.pick(r.chance(0.9) ? MEMBERS[type] : NAMES);
  if (/\W/.test(name) || r.chance(0.8)) return `${from}${r.pick(['.', '.', '?.'])}${name}`;
  return `${from}${r.pick(['["', '?.["'])}${name}"]`;
}
