/**
 * Expressions by chance, written for a result: mostly of the types that fit, with a share that does not, and a share
 * with a character too many or too few.
 */
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';
import type { Random } from '../../../simulation/random.ts';
import { TYPES, type Form, type Forms, type Scope, type Type } from './form.ts';
import { FORMS } from './forms.ts';
import { LEAVES } from './leaves.ts';

/** How often a part has another type than the one that fits. */
const MISFITS = 0.012;
/** How often a character is dropped, doubled or replaced. */
const TYPOS = 0.05;
const NOISE = [...Array.from('([{)]}"\'.?| #;0x=!-,`\\$@:_^&'), '??', '/*', '//'];

export function expressionBy(random: Random, result: MetricValue): string {
  const scope: Scope = { part, result, variables: [], inPredicate: false, index: false, acc: false };
  const text = part(random, random.chance(0.95) ? 'bool' : random.pick(TYPES), random.between(1, 4), scope);
  return random.chance(TYPOS) ? withTypo(random, text) : text;
}

function withTypo(random: Random, text: string): string {
  const at = random.between(0, text.length);
  const noise = random.pick(NOISE);
  return random.pick([
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + noise + text.slice(at),
    text.slice(0, at),
  ]);
}

function part(random: Random, wanted: Type, depth: number, scope: Scope): string {
  const type = random.chance(MISFITS) ? random.pick(TYPES) : wanted;
  if (depth > 0 && random.chance(0.06)) return random.weighted(wrappings(type))(random, depth, scope);
  const forms = depth > 0 ? [...FORMS[type], ...LEAVES[type]] : LEAVES[type];
  return random.weighted(forms)(random, depth - 1, scope);
}

/** Forms that fit around a part of any type. */
function wrappings(type: Type): Forms {
  return [
    [2, (r, d, s) => `(${part(r, type, d - 1, s)})`],
    [2, (r, d, s) => `(${part(r, 'bool', d - 1, s)} ? ${part(r, type, d - 1, s)} : ${part(r, type, d - 1, s)})`],
    [1, (r, d, s) => `(${part(r, type, d - 1, s)} ?? ${part(r, type, d - 1, s)})`],
    [1, (r, d, s) => `(${part(r, type, d - 1, s)} ?: ${part(r, type, d - 1, s)})`],
    [
      1,
      (r, d, s) =>
        `(if ${part(r, 'bool', d - 1, s)} { ${part(r, type, d - 1, s)} } else { ${part(r, type, d - 1, s)} })`,
    ],
    [1, (r, d, s) => `(${part(r, r.pick(TYPES), d - 1, s)}; ${part(r, type, d - 1, s)})`],
    [1, (r, d, s) => `[${part(r, type, d - 1, s)}, ${part(r, type, d - 1, s)}][${r.pick(['0', '1', '-1', '2'])}]`],
    [1, (r, d, s) => `/* a */ ${part(r, type, d - 1, s)}`],
    [2, withVariable(type)],
    [1, (r, d, s) => `default(result, ${part(r, type, d - 1, s)})`],
    [1, (r, d, s) => `get({"a": ${part(r, type, d - 1, s)}}, ${r.pick(['"a"', '"b"', '1'])})`],
    [1, (r, d, s) => `fromJSON(toJSON(${part(r, type, d - 1, s)}))`],
    [1, (r, d, s) => `first([${part(r, type, d - 1, s)}])`],
  ];
}

function withVariable(type: Type): Form {
  return (random, depth, scope) => {
    const name = random.pick(['a', 'b', 'c', 'x1', 'result', 'len']);
    const value = part(random, random.pick(TYPES), depth - 1, scope);
    const inner = { ...scope, variables: [...scope.variables, name] };
    return `(let ${name} = ${value}; ${part(random, type, depth - 1, inner)})`;
  };
}
