/** Functions of sprig on texts. All texts are bytes. */
import { fromBytes, toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { STRINGS } from '../../../core/analysis/expressions/go/go-type.ts';
import { list, mapFrom, type Value } from '../../../core/analysis/expressions/go/value.ts';
import { printed } from '../../../core/analysis/expressions/operations/print.ts';
import { TemplateProblem } from '../values/problem.ts';
import { TEXT_BY_NAME, textOfBytes, type TemplateValue } from '../values/value.ts';
import { quotedBytes } from './quoting.ts';
import { formatted } from './print.ts';
import {
  func,
  intAt,
  textAt,
  valueAt,
  type Surroundings,
  type TemplateFunction,
  type TemplateFunctions,
} from './signature.ts';

/** Longer texts are not made of shorter ones. */
const LONGEST = 1_000_000;

/** As sprig makes a text of any value: of bytes the text that they are. */
export function textOf(value: Value, { budget }: Pick<Surroundings, 'budget'>): string {
  return textOfBytes(value) ?? printed(value, budget);
}

/** Of a list the texts of its elements, of any other value its own. Nil is left out. */
export function textsOf(value: Value, around: Pick<Surroundings, 'budget'>): readonly string[] {
  if (value === null) return [];
  if (typeof value !== 'object' || value.kind !== 'list') return [textOf(value, around)];
  return value.items.filter((item) => item !== null).map((item) => textOf(item, around));
}

function ofText(change: (text: string) => Value): TemplateFunction {
  return func(['string'], (args, { budget }) => {
    budget.spendText(textAt(args, 0).length);
    return change(textAt(args, 0));
  });
}

/** Of a short text and then the one that is looked at, so that this one can be piped in. */
function ofTwo(combine: (part: string, text: string) => Value): TemplateFunction {
  return func(['string', 'string'], (args, { budget }) => {
    budget.spendText(textAt(args, 1).length);
    return combine(textAt(args, 0), textAt(args, 1));
  });
}

const changed = (change: (text: string) => string): TemplateFunction =>
  ofText((text) => toBytes(change(fromBytes(text))));

/** One character for each, as Go maps them: `ß` has no upper case of one character. */
function byCharacter(change: (character: string) => string): (text: string) => string {
  return (text) =>
    Array.from(text, (one) => {
      const other = change(one);
      return Array.from(other).length === 1 ? other : one;
    }).join('');
}

const upper = byCharacter((one) => one.toUpperCase());
const lower = byCharacter((one) => one.toLowerCase());

/** A word begins behind a blank, and behind what is of ASCII and no letter, digit or underscore. */
function titled(text: string): string {
  return text.replaceAll(/(?<=^|[\0-/:-@[-^`{-\x7f\s])\p{L}/gu, upper);
}

/** Where the text is cut by bytes, sprig does so, too. */
function truncated(count: number, text: string): string {
  if (count < 0) return text.length + count > 0 ? text.slice(text.length + count) : text;
  return text.slice(0, count);
}

function substring(start: number, end: number, text: string): string {
  if (start < 0 ? end < 0 || end > text.length : start > text.length || (end >= 0 && end < start && end <= text.length))
    throw new TemplateProblem('substr: the range is outside of the text');
  if (start < 0) return text.slice(0, end);
  return end < 0 || end > text.length ? text.slice(start) : text.slice(start, end);
}

function trimmed(characters: string, text: string): string {
  const set = new Set(Array.from(fromBytes(characters)));
  const all = Array.from(fromBytes(text));
  const first = all.findIndex((one) => !set.has(one));
  const last = all.findLastIndex((one) => !set.has(one));
  return first === -1 ? '' : toBytes(all.slice(first, last + 1).join(''));
}

/** What Unicode calls white space. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** By hand: an expression for both ends takes the square of the time. */
function withoutOuterSpaces(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && SPACE.test(text[from] ?? '')) from += 1;
  while (to > from && SPACE.test(text[to - 1] ?? '')) to -= 1;
  return text.slice(from, to);
}

function parts(separator: string, text: string): readonly string[] {
  if (separator !== '') return text.split(separator);
  return Array.from(fromBytes(text), toBytes);
}

function repeated(text: string, count: number): string {
  if (count < 0) throw new TemplateProblem('repeat: the count is negative');
  if (text.length * count > LONGEST) throw new TemplateProblem('repeat: the text gets too long');
  return text.repeat(count);
}

function indented(args: readonly TemplateValue[], { budget }: Surroundings): string {
  const margin = repeated(' ', intAt(args, 0));
  const lines = textAt(args, 1).split('\n');
  if (margin.length * lines.length > LONGEST) throw new TemplateProblem('indent: the text gets too long');
  const text = margin + lines.join(`\n${margin}`);
  budget.spendText(text.length);
  return text;
}

function replaced(args: readonly TemplateValue[], { budget }: Surroundings): string {
  const [from, to, text] = [textAt(args, 0), textAt(args, 1), textAt(args, 2)];
  const pieces = from === '' ? ['', ...parts('', text), ''] : text.split(from);
  const length = text.length + pieces.length * to.length;
  if (length > LONGEST) throw new TemplateProblem('replace: the text gets too long');
  budget.spendText(length);
  return pieces.join(to);
}

function quotedAll(args: readonly TemplateValue[], quote: (value: Value) => string): string {
  return args
    .filter((value): value is Exclude<Value, null> => value !== undefined && value !== null)
    .map(quote)
    .join(' ');
}

function abbreviated(width: number, text: string): string {
  if (width < 4 || text.length <= width) return text;
  return `${text.slice(0, width - 3)}...`;
}

export const TEXTS: TemplateFunctions = {
  upper: changed(upper),
  lower: changed(lower),
  title: changed(titled),
  trim: changed(withoutOuterSpaces),
  trimAll: ofTwo(trimmed),
  trimPrefix: ofTwo((prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: ofTwo((suffix, text) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
  contains: ofTwo((part, text) => text.includes(part)),
  hasPrefix: ofTwo((prefix, text) => text.startsWith(prefix)),
  hasSuffix: ofTwo((suffix, text) => text.endsWith(suffix)),
  replace: func(['string', 'string', 'string'], replaced),
  repeat: func(['int', 'string'], (args) => repeated(textAt(args, 1), intAt(args, 0))),
  trunc: func(['int', 'string'], (args) => truncated(intAt(args, 0), textAt(args, 1))),
  substr: func(['int', 'int', 'string'], (args) => substring(intAt(args, 0), intAt(args, 1), textAt(args, 2))),
  abbrev: func(['int', 'string'], (args) => abbreviated(intAt(args, 0), textAt(args, 1))),
  indent: func(['int', 'string'], indented),
  nindent: func(['int', 'string'], (args, around) => `\n${indented(args, around)}`),
  plural: func(['string', 'string', 'int'], (args) => textAt(args, intAt(args, 2) === 1 ? 0 : 1)),
  quote: func([], (args, around) => quotedAll(args, (value) => quotedBytes(textOf(value, around))), 'any'),
  squote: func([], (args, { budget }) => quotedAll(args, (value) => `'${printed(value, budget)}'`), 'any'),
  cat: func([], (args, { budget }) => quotedAll(args, (value) => formatted('%v', [value], budget)), 'any'),
  toString: func(['any'], (args, around) => textOf(valueAt(args, 0), around)),
  toStrings: func(['any'], (args, around) => list(STRINGS, textsOf(valueAt(args, 0), around))),
  join: func(['string', 'any'], (args, around) => {
    const text = textsOf(valueAt(args, 1), around).join(textAt(args, 0));
    around.budget.spendText(text.length);
    return text;
  }),
  splitList: func(['string', 'string'], (args) => list(STRINGS, parts(textAt(args, 0), textAt(args, 1)))),
  split: func(['string', 'string'], (args) =>
    mapFrom(
      TEXT_BY_NAME,
      parts(textAt(args, 0), textAt(args, 1)).map((part, index) => [`_${index}`, part]),
    ),
  ),
  b64enc: ofText((text) => btoa(text)),
};
