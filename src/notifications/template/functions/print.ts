/** `print`, `println` and `printf`, as Go's package fmt does it. */
import { runeBytes, runeCount, runesOf } from '../../../core/analysis/expressions/go/byte-text.ts';
import type { Budget } from '../../../core/analysis/expressions/go/budget.ts';
import { printFloat } from '../../../core/analysis/expressions/go/floats.ts';
import { isList, isMap, type Value } from '../../../core/analysis/expressions/go/value.ts';
import { printed, sortedEntries } from '../../../core/analysis/expressions/operations/print.ts';
import { TemplateProblem } from '../values/problem.ts';
import { kindOf, textOfBytes, typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';
import { exponential, fixed } from './decimals.ts';
import { quotedBytes, quotedRune } from './quoting.ts';

/** Wider fields would only be there to fill the memory. */
const WIDEST = 1_000;
const DIRECTIVE = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?/y;

/** With a blank between two operands of which neither is a text. */
export function printAll(values: readonly TemplateValue[], budget: Budget): string {
  return values
    .map((value, index) => {
      const former = values[index - 1];
      const isApart = index > 0 && kindOf(value) !== 'string' && kindOf(former) !== 'string';
      return (isApart ? ' ' : '') + printed(value ?? null, budget);
    })
    .join('');
}

export function printLine(values: readonly TemplateValue[], budget: Budget): string {
  return `${values.map((value) => printed(value ?? null, budget)).join(' ')}\n`;
}

interface Directive {
  readonly flags: string;
  readonly width: number | null;
  readonly precision: number | null;
  readonly verb: string;
}

/** Bytes in, bytes out. What does not fit a verb is shown in the text, as Go does. */
export function formatted(format: string, values: readonly TemplateValue[], budget: Budget): string {
  let [text, from, used] = ['', 0, 0];
  for (let at = format.indexOf('%'); at !== -1; at = format.indexOf('%', from)) {
    text += format.slice(from, at);
    DIRECTIVE.lastIndex = at;
    const [all = '%', flags = '', width, precision] = DIRECTIVE.exec(format) ?? [];
    if (width === '*' || precision === '*') throw new TemplateProblem('printf: a width of * is not supported');
    const [rune] = runesOf(format.slice(at + all.length, at + all.length + 4));
    const verb = rune === undefined ? '' : runeBytes(rune);
    from = at + all.length + verb.length;
    if (verb === '[') throw new TemplateProblem('printf: indexes of arguments are not supported');
    if (verb === '') text += '%!(NOVERB)';
    else if (verb === '%') text += '%';
    else if (used >= values.length) text += `%!${verb}(MISSING)`;
    else {
      const directive = { flags, verb, width: numberIn(width), precision: numberIn(precision) };
      text += shown(values[used] ?? null, directive, budget);
      used += 1;
    }
    budget.spendText(text.length);
  }
  text += format.slice(from);
  const extra = values.slice(used).map((value) => extraOf(value, budget));
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function numberIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (Number(text) > WIDEST) throw new TemplateProblem(`printf: ${text} is too wide`);
  return Number(text);
}

function extraOf(value: TemplateValue, budget: Budget): string {
  return kindOf(value) === 'nil' ? '<nil>' : `${typeNameOf(value)}=${printed(value ?? null, budget)}`;
}

/** Nil within a list or a map is shown the same by every verb. */
function shown(value: Value, directive: Directive, budget: Budget, isInner = false): string {
  budget.spend(1);
  const { verb } = directive;
  if (verb === 'T') return padded(typeNameOf(value), directive);
  if (value === null && isInner) return '<nil>';
  if (value === null) return verb === 'v' ? padded('<nil>', directive) : `%!${verb}(<nil>)`;
  const bytes = 'sqxX'.includes(verb) ? textOfBytes(value) : null;
  if (bytes !== null) return textShown(bytes, directive) ?? '';
  const inner = (one: Value): string => shown(one, directive, budget, true);
  if (isList(value)) return `[${value.items.map(inner).join(' ')}]`;
  if (isMap(value)) {
    const members = sortedEntries(value, budget).map(([key, one]) => `${inner(key)}:${inner(one)}`);
    return `map[${members.join(' ')}]`;
  }
  // A verb that does not fit is shown with the value, which keeps the flags.
  const plain = (): string => scalarShown(value, { ...directive, verb: 'v' }, budget) ?? '';
  return scalarShown(value, directive, budget) ?? `%!${verb}(${typeNameOf(value)}=${plain()})`;
}

/** `null` where the verb does not fit. */
function scalarShown(value: Value, directive: Directive, budget: Budget): string | null {
  const { verb } = directive;
  if (typeof value === 'string') return textShown(value, directive);
  if (typeof value === 'boolean') return verb === 'v' || verb === 't' ? padded(String(value), directive) : null;
  if (typeof value === 'number') return floatShown(value, directive);
  if (typeof value === 'bigint') return integerShown(value, directive);
  // What has a text of its own, such as a time or a duration.
  const text = printed(value, budget);
  const number = wholeOf(value);
  if (text === String(number) || (number !== null && !'vsq'.includes(verb)))
    return integerShown(number ?? 0n, directive);
  return textShown(text, directive);
}

function textShown(text: string, directive: Directive): string | null {
  const cut = directive.precision === null ? text : firstRunes(text, directive.precision);
  switch (directive.verb) {
    case 'v':
    case 's':
      return padded(cut, directive);
    case 'q':
      return padded(quotedBytes(cut), directive);
    case 'x':
    case 'X': {
      const hex = Array.from(cut, (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
      return padded(directive.verb === 'X' ? hex.toUpperCase() : hex, directive);
    }
    default:
      return null;
  }
}

function firstRunes(text: string, count: number): string {
  let [cut, left] = ['', count];
  for (const rune of runesOf(text)) {
    if (left === 0) break;
    cut += runeBytes(rune);
    left -= 1;
  }
  return cut;
}

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, x: 16, X: 16, o: 8, b: 2 };

function integerShown(number: bigint, directive: Directive): string | null {
  const { verb, flags, precision } = directive;
  if (verb === 'q') return padded(quotedRune(number), directive);
  if (verb === 'c') return padded(runeBytes(Number(number)), directive);
  const base = BASES[verb];
  if (base === undefined) return null;
  const size = (number < 0n ? -number : number).toString(base).padStart(precision ?? 0, '0');
  const digits = verb === 'X' ? size.toUpperCase() : size;
  const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : '';
  return paddedNumber(signOf(number < 0n, flags) + prefix, precision === 0 && number === 0n ? '' : digits, {
    ...directive,
    // Zeros do not fill what a precision leaves.
    flags: precision === null ? flags : flags.replaceAll('0', ''),
  });
}

function floatShown(number: number, directive: Directive): string | null {
  const { verb, flags, precision } = directive;
  if ('bxX'.includes(verb)) throw new TemplateProblem(`printf: %${verb} of a float is not supported`);
  if (!'vgGeEfF'.includes(verb)) return null;
  const size = Math.abs(number);
  const isNegative = number < 0 || Object.is(number, -0);
  if (!Number.isFinite(number)) {
    const text = Number.isNaN(number) ? 'NaN' : 'Inf';
    const sign = signOf(isNegative, flags) || (text === 'Inf' ? '+' : '');
    return padded(sign + text, { ...directive, flags: flags.replaceAll('0', '') });
  }
  const text = verb === 'f' || verb === 'F' ? fixed(size, precision ?? 6) : withExponent(size, verb, precision);
  return paddedNumber(signOf(isNegative, flags), verb === 'G' ? text.toUpperCase() : text, directive);
}

function withExponent(size: number, verb: string, precision: number | null): string {
  if (verb === 'e' || verb === 'E') {
    const text = exponential(size, precision ?? 6);
    return verb === 'E' ? text.toUpperCase() : text;
  }
  if (precision === null) return printFloat(size);
  if (size === 0) return '0';
  const digits = Math.max(precision, 1);
  const [mantissa = '', exponent = '0'] = exponential(size, digits - 1).split('e');
  if (Number(exponent) < -4 || Number(exponent) >= digits) return `${withoutZeros(mantissa)}e${exponent}`;
  return withoutZeros(fixed(size, digits - 1 - Number(exponent)));
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function paddedNumber(sign: string, digits: string, directive: Directive): string {
  const { flags, width } = directive;
  if (flags.includes('0') && !flags.includes('-') && width !== null)
    return sign + digits.padStart(width - sign.length, '0');
  return padded(sign + digits, { ...directive, flags: flags.replaceAll('0', '') });
}

/** The width counts characters. */
function padded(text: string, { flags, width }: Directive): string {
  const missing = ' '.repeat(Math.max(0, (width ?? 0) - runeCount(text)));
  if (flags.includes('-')) return text + missing;
  return flags.includes('0') ? missing.replaceAll(' ', '0') + text : missing + text;
}
