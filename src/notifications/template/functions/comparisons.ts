/** Comparisons of text/template: values of different kinds cannot be compared, an int and a float neither. */
import { isDeepEqual, kindOf, typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';
import { TemplateProblem } from '../values/problem.ts';
import { func, type TemplateFunctions } from './signature.ts';

const BASIC = ['bool', 'int', 'uint', 'float', 'string'];

function incompatible(a: TemplateValue, b: TemplateValue): TemplateProblem {
  return new TemplateProblem(`${typeNameOf(a)} and ${typeNameOf(b)} cannot be compared`);
}

/** What a comparison looks at: bytes count as other whole numbers do. */
function plain(value: TemplateValue): bigint | number | string | boolean {
  const whole = wholeOf(value);
  if (whole !== null) return whole;
  if (typeof value === 'object' && value?.kind === 'named') return value.text;
  return value as number | string | boolean;
}

function isAlike(a: string, b: string): boolean {
  return a === b || (a === 'int' && b === 'uint') || (a === 'uint' && b === 'int');
}

function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA === 'nil' || kindB === 'nil') return isNone(a) && isNone(b);
  const [isBasicA, isBasicB] = [BASIC.includes(kindA), BASIC.includes(kindB)];
  if (isBasicA && isBasicB && isAlike(kindA, kindB)) return plain(a) === plain(b);
  if (isBasicA || isBasicB || kindA !== kindB) throw incompatible(a, b);
  if (isNone(a) || isNone(b)) return isNone(a) && isNone(b);
  if (kindA === 'struct') return isDeepEqual(a ?? null, b ?? null);
  throw incompatible(a, b);
}

/** Nil, or a list that is nil. */
function isNone(value: TemplateValue): boolean {
  return kindOf(value) === 'nil' || (typeof value === 'object' && value?.kind === 'list' && value.absent === true);
}

function isLess(a: TemplateValue, b: TemplateValue): boolean {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (!BASIC.includes(kindA) || kindA === 'bool' || !isAlike(kindA, kindB)) throw incompatible(a, b);
  return plain(a) < plain(b);
}

export const COMPARISONS: TemplateFunctions = {
  eq: func(
    ['value'],
    ([first, ...others]) => {
      if (others.length === 0) throw new TemplateProblem('eq needs two values');
      return others.some((other) => isEqual(first, other));
    },
    'value',
  ),
  ne: func(['value', 'value'], ([a, b]) => !isEqual(a, b)),
  lt: func(['value', 'value'], ([a, b]) => isLess(a, b)),
  le: func(['value', 'value'], ([a, b]) => isLess(a, b) || isEqual(a, b)),
  gt: func(['value', 'value'], ([a, b]) => !isLess(a, b) && !isEqual(a, b)),
  ge: func(['value', 'value'], ([a, b]) => !isLess(a, b)),
};
