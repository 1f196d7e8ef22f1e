/** Forms with parts, by the type that they make. */
import type { Random } from '../../../simulation/random.ts';
import { COMPARISONS, fixed, part, TYPES, type Form, type Forms, type Scope, type Type } from './form.ts';

const binary = (left: Type, operators: readonly string[], right: Type): Form => {
  return (r, d, s) => `${operand(r, left, d, s)} ${r.pick(operators)} ${operand(r, right, d, s)}`;
};
/** Mostly in brackets where it is more than a word, so that it stays in one piece. */
function operand(random: Random, type: Type, depth: number, scope: Scope): string {
  const text = part(random, type, depth, scope);
  return /\s/.test(text) && random.chance(0.8) ? `(${text})` : text;
}
const call = (names: readonly string[], ...types: readonly Type[]): Form => {
  return (r, d, s) => `${r.pick(names)}(${types.map((type) => part(r, type, d, s)).join(', ')})`;
};
/** A builtin with a predicate, called or piped into. */
const loop = (names: readonly string[], predicate: Type, more = ''): Form => {
  return (r, d, s) => {
    const name = r.pick(names);
    const withIndex = name === 'map' || name === 'reduce';
    const inner = { ...s, inPredicate: true, index: withIndex, acc: name === 'reduce' };
    const list = part(r, 'list', d, s);
    const body = part(r, predicate, d, inner);
    const asked = r.chance(0.15) ? `{ ${body} }` : body;
    return r.chance(0.25) ? `(${list} | ${name}(${asked}${more}))` : `${name}(${list}, ${asked}${more})`;
  };
};
const PATTERNS = fixed('"^2"', '"e.*r"', '"[0-9]+"', '"("', '`\\d\\d`', '"(?i)OK"', '"^$"', '"ü"', '"a+" + "("');

export const FORMS: Readonly<Record<Type, Forms>> = {
  bool: [
    [10, binary('number', COMPARISONS, 'number')],
    [4, binary('any', COMPARISONS, 'any')],
    [3, binary('text', COMPARISONS, 'text')],
    [1, binary('time', COMPARISONS, 'time')],
    [1, binary('duration', COMPARISONS, 'duration')],
    [2, binary('list', ['==', '!='], 'list')],
    [1, binary('map', ['==', '!='], 'map')],
    [6, binary('bool', ['&&', '||', 'and', 'or', '==', '!='], 'bool')],
    [2, (r, d, s) => `${r.pick(['!', 'not '])}${part(r, 'bool', d, s)}`],
    [2, (r, d, s) => `${part(r, 'number', d, s)} < ${part(r, 'number', d, s)} <= ${part(r, 'number', d, s)}`],
    [4, binary('any', ['in', 'not in'], 'list')],
    [1, binary('text', ['in', 'not in'], 'map')],
    [3, binary('text', ['contains', 'startsWith', 'endsWith', 'not contains'], 'text')],
    [2, (r, d, s) => `${part(r, 'text', d, s)} ${r.pick(['matches', 'not matches'])} ${PATTERNS(r, d, s)}`],
    [8, loop(['all', 'any', 'none', 'one'], 'bool')],
    [1, call(['hasPrefix', 'hasSuffix'], 'text', 'text')],
    [1, call(['isNaN', 'isInf'], 'number')],
    [1, call(['isNil'], 'any')],
    [1, (r, d, s) => `${part(r, 'time', d, s)}.${r.pick(['Before', 'After', 'Equal'])}(${part(r, 'time', d, s)})`],
    [1, (r, d, s) => `type(${part(r, 'any', d, s)}) == ${r.pick(['"float"', '"int"', '"array"', '"nil"', '"map"'])}`],
  ],
  number: [
    [6, binary('number', ['+', '-', '*', '/'], 'number')],
    [1, binary('number', ['**', '^'], 'whole')],
    [2, binary('number', ['??'], 'number')],
    [2, (r, d, s) => `-${part(r, 'number', d, s)}`],
    [4, call(['abs', 'ceil', 'floor', 'round', 'float', 'asFloat'], 'number')],
    [3, call(['max', 'min', 'mean', 'median', 'sum'], 'list')],
    [1, call(['max', 'min', 'mean', 'median'], 'number', 'number')],
    [2, loop(['sum'], 'number')],
    [2, loop(['reduce'], 'number', ', 0')],
    [1, loop(['reduce'], 'number')],
    [1, call(['float', 'asFloat'], 'text')],
    [1, (r, d, s) => `${part(r, 'duration', d, s)}.${r.pick(['Hours', 'Minutes', 'Seconds'])}()`],
    [3, (r, d, s) => part(r, 'whole', d, s)],
  ],
  whole: [
    [4, call(['len'], 'list')],
    [1, call(['len'], 'text')],
    [1, call(['len'], 'map')],
    [4, loop(['count', 'findIndex', 'findLastIndex'], 'bool')],
    [2, binary('whole', ['+', '-', '*', '%'], 'whole')],
    [2, call(['int', 'asInt'], 'number')],
    [1, call(['int', 'asInt'], 'text')],
    [1, call(['indexOf', 'lastIndexOf'], 'text', 'text')],
    [1, call(['bitand', 'bitor', 'bitxor', 'bitnand', 'bitshl', 'bitshr', 'bitushr'], 'whole', 'whole')],
    [1, call(['bitnot'], 'whole')],
    [
      1,
      (r, d, s) =>
        `${part(r, 'time', d, s)}.${r.pick(['Year', 'Day', 'Hour', 'YearDay', 'Unix', 'Month', 'Weekday'])}()`,
    ],
    [1, (r, d, s) => `${part(r, 'duration', d, s)}.${r.pick(['Milliseconds', 'Nanoseconds'])}()`],
    [1, (r, d, s) => `reduce(${part(r, 'list', d, s)}, #acc + 1, 0)`],
  ],
  text: [
    [3, binary('text', ['+'], 'text')],
    [2, call(['string', 'toJSON', 'type'], 'any')],
    [3, call(['upper', 'lower', 'trim', 'trimPrefix', 'toBase64', 'fromBase64'], 'text')],
    [2, call(['trim', 'trimPrefix', 'trimSuffix'], 'text', 'text')],
    [1, call(['replace'], 'text', 'text', 'text')],
    [1, call(['replace'], 'text', 'text', 'text', 'whole')],
    [1, (r, d, s) => `repeat(${part(r, 'text', d, s)}, ${r.pick(['0', '2', '3', '-1', '1.5'])})`],
    [1, (r, d, s) => `join(split(${part(r, 'text', d, s)}, ${part(r, 'text', d, s)}), ${part(r, 'text', d, s)})`],
    [1, (r, d, s) => `join(map(${part(r, 'list', d, s)}, string(#)), "-")`],
    [2, (r, d, s) => `${part(r, 'text', d, s)}[${r.pick(['1:', ':2', '-2:', '0:1', '1:-1', ':', '5:2'])}]`],
    [1, (r, d, s) => `string(${part(r, 'time', d, s)})`],
    [
      1,
      (r, d, s) =>
        `${part(r, 'time', d, s)}.Format(${r.pick(['"2006-01-02"', '"Jan _2 15:04:05.000 MST"', '"Monday"', '"3PM Z07:00"'])})`,
    ],
    [1, (r, d, s) => `${part(r, 'duration', d, s)}.String()`],
  ],
  list: [
    [4, loop(['filter'], 'bool')],
    [4, loop(['map'], 'any')],
    [2, loop(['map'], 'number')],
    [2, loop(['sortBy'], 'number')],
    [1, loop(['sortBy'], 'number', ', "desc"')],
    [1, loop(['sortBy'], 'any')],
    [2, (r, d, s) => `[${Array.from({ length: r.between(0, 3) }, () => part(r, 'any', d, s)).join(', ')}]`],
    [2, (r, d, s) => `[${Array.from({ length: r.between(1, 3) }, () => part(r, 'number', d, s)).join(', ')}]`],
    [2, binary('whole', ['..'], 'whole')],
    [2, call(['reverse', 'uniq', 'flatten', 'sort', 'concat'], 'list')],
    [1, (r, d, s) => `sort(${part(r, 'list', d, s)}, ${r.pick(['"desc"', '"asc"', '"up"'])})`],
    [1, call(['concat'], 'list', 'list')],
    [1, (r, d, s) => `take(${part(r, 'list', d, s)}, ${r.pick(['0', '1', '2', '9', '-1', '1.5'])})`],
    [2, (r, d, s) => `${part(r, 'list', d, s)}[${r.pick(['1:', ':2', '-2:', '0:1', ':', '2:1', '1:10'])}]`],
    [2, call(['split', 'splitAfter'], 'text', 'text')],
    [1, (r, d, s) => `split(${part(r, 'text', d, s)}, ",", ${r.pick(['0', '1', '2', '-1'])})`],
    [1, (r, d, s) => `sort(keys(${part(r, 'map', d, s)}))`],
    [1, (r, d, s) => `groupBy(${part(r, 'list', d, s)}, # == ${part(r, 'any', d, { ...s, inPredicate: true })})[true]`],
  ],
  map: [
    [2, (r, d, s) => `{"a": ${part(r, 'any', d, s)}, n: ${part(r, 'number', d, s)}}`],
    [1, (r, d, s) => `{("k" + ${part(r, 'text', d, s)}): ${part(r, 'any', d, s)}}`],
    [1, (r, d, s) => `fromPairs(toPairs(${part(r, 'map', d, s)}))`],
    [1, loop(['groupBy'], 'any')],
  ],
  time: [
    [1, (r, d, s) => `${part(r, 'time', d, s)} ${r.pick(['+', '-'])} ${part(r, 'duration', d, s)}`],
    [1, (r, d, s) => `${part(r, 'time', d, s)}.${r.pick(['Add', 'Truncate', 'Round'])}(${part(r, 'duration', d, s)})`],
    [
      1,
      (r, d, s) =>
        `${part(r, 'time', d, s)}.AddDate(${r.between(-2, 2)}, ${r.between(-15, 15)}, ${part(r, 'whole', d, s)} % 400)`,
    ],
    [
      1,
      (r, d, s) =>
        `${part(r, 'time', d, s)}.In(timezone(${r.pick(['"UTC"', '"Europe/Berlin"', '"America/New_York"', '"Asia/Kolkata"', '"No/Where"'])}))`,
    ],
    [1, (r, d, s) => `date(${part(r, 'text', d, s)})`],
  ],
  duration: [
    [2, binary('time', ['-'], 'time')],
    [2, binary('duration', ['+', '-', '*'], 'duration')],
    [1, binary('duration', ['*', '/'], 'number')],
    [1, (r, d, s) => `${part(r, 'time', d, s)}.Sub(${part(r, 'time', d, s)})`],
    [1, (r, d, s) => `${part(r, 'duration', d, s)}.${r.pick(['Round', 'Truncate'])}(duration("1s"))`],
    [1, (r, d, s) => `duration(${part(r, 'text', d, s)})`],
  ],
  any: [
    [4, (r, d, s) => part(r, r.pick(TYPES), d, s)],
    [1, loop(['find', 'findLast'], 'bool')],
    [1, call(['first', 'last'], 'list')],
    [
      1,
      (r, d, s) =>
        `filter(${part(r, 'list', d, s)}, ${part(r, 'bool', d, { ...s, inPredicate: true })})[${r.pick(['0', '-1', '1'])}]`,
    ],
    [1, (r, d, s) => `${part(r, 'list', d, s)}[${part(r, 'whole', d, s)}]`],
    [1, (r, d, s) => `${part(r, 'map', d, s)}${r.pick(['.a', '["n"]', '.zzz', '?.a.b', '?.zzz.b'])}`],
    [1, (r, d, s) => `get(${part(r, 'list', d, s)}, ${part(r, 'whole', d, s)})`],
    [1, call(['fromJSON'], 'text')],
  ],
};
