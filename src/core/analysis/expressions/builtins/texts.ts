/** Builtins that take and make texts. */
import { isAscii, REPLACEMENT, runeAt, runeBytes, runesOf } from '../go/byte-text.ts';
import type { Budget } from '../go/budget.ts';
import { failure } from '../go/failure.ts';
import { ANYS, BOOL, INT, STRING, STRINGS } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { isList, list, nilList, typeName, type ListValue, type Value } from '../go/value.ts';
import { LONGEST_TEXT } from '../operations/arithmetic.ts';
import { notConverted } from '../operations/fetch.ts';
import { toInt } from '../operations/numbers.ts';
import { isSpace } from '../syntax/characters.ts';
import { form, textAt, type Builtin, type Builtins, type Surroundings } from './builtin.ts';

const MOST_REPEATS = 1_000_000n;
const LONGEST_RUNE = 4;
/** Steps for each character beyond ASCII whose case is changed. */
const CHANGING = 4;

/** A builtin of texts that makes a value; its work is charged by the length of the first one. */
function ofTexts(
  forms: readonly (readonly [count: number, result: typeof STRING])[],
  run: (texts: readonly string[]) => Value,
): Builtin {
  return {
    signatures: forms.map(([count, result]) =>
      form(
        Array.from({ length: count }, () => STRING),
        result,
      ),
    ),
    run: (args, { budget }) => {
      const texts = args.map((_, index) => textAt(args, index));
      for (const text of texts) budget.spendText(text.length);
      return run(texts);
    },
  };
}

/** Each code point on its own, and only where there is exactly one other: `ß` stays. */
function withCase(change: (character: string) => string): Builtin {
  return {
    signatures: [form([STRING], STRING)],
    run: (args, { budget }) => {
      const text = textAt(args, 0);
      budget.spendText(text.length);
      if (isAscii(text)) return change(text);
      budget.spend(text.length * CHANGING);
      let result = '';
      for (const rune of runesOf(text)) {
        const changed = Array.from(change(String.fromCodePoint(rune)));
        result += runeBytes(changed.length === 1 ? (changed[0]?.codePointAt(0) ?? rune) : rune);
      }
      return result;
    },
  };
}

/** Without the code points at both ends that `isCut` names. */
function trimmed(text: string, isCut: (rune: number) => boolean): string {
  let from = 0;
  while (from < text.length) {
    const [rune, width] = runeAt(text, from);
    if (!isCut(rune)) break;
    from += width;
  }
  let end = text.length;
  while (end > from) {
    const [rune, width] = lastRune(text.slice(from, end));
    if (!isCut(rune)) break;
    end -= width;
  }
  return text.slice(from, end);
}

/** The code point that ends a text; a byte that is no part of one counts alone. */
function lastRune(text: string): readonly [rune: number, width: number] {
  for (let width = Math.min(LONGEST_RUNE, text.length); width > 1; width--) {
    const [rune, found] = runeAt(text, text.length - width);
    if (found === width) return [rune, width];
  }
  return runeAt(text, text.length - 1);
}

/** Only the white space of Unicode. */
function isSpaceRune(rune: number): boolean {
  return rune !== REPLACEMENT && isSpace(String.fromCodePoint(rune));
}

const trim: Builtin = {
  signatures: [form([STRING], STRING), form([STRING, STRING], STRING)],
  run: (args, { budget }) => {
    const text = textAt(args, 0);
    const cut = args.length > 1 ? new Set(runesOf(textAt(args, 1))) : null;
    const outcome = trimmed(text, (rune) => {
      budget.spend(1);
      return cut === null ? isSpaceRune(rune) : cut.has(rune);
    });
    return outcome;
  },
};

/** The text in pieces; without a separator in its characters. `keep` leaves the separator at the end of each piece. */
function pieces(text: string, separator: string, count: number, keep: boolean): readonly string[] {
  const most = count < 0 ? Number.POSITIVE_INFINITY : count;
  const found: string[] = [];
  let from = 0;
  while (found.length + 1 < most) {
    const end = separator === '' ? characterEnd(text, from) : text.indexOf(separator, from);
    if (end === -1 || (separator === '' && end >= text.length)) break;
    found.push(text.slice(from, keep ? end + separator.length : end));
    from = end + separator.length;
  }
  if (separator === '' && text === '') return [];
  return [...found, text.slice(from)];
}

function characterEnd(text: string, at: number): number {
  return at >= text.length ? -1 : at + runeAt(text, at)[1];
}

function splitting(keep: boolean): Builtin {
  return {
    signatures: [form([STRING, STRING], STRINGS), form([STRING, STRING, INT], STRINGS)],
    run: (args, { budget }) => {
      const [text, separator] = [textAt(args, 0), textAt(args, 1)];
      const count = args.length > 2 ? Number(toInt(args[2] ?? null)) : -1;
      budget.spendText(text.length);
      if (count === 0) return nilList(STRINGS);
      const found = pieces(text, separator, count, keep);
      budget.spend(found.length);
      return list(STRINGS, found);
    },
  };
}

function replace(args: readonly Value[], { budget }: Surroundings): Value {
  const [text, old, replacement] = [textAt(args, 0), textAt(args, 1), textAt(args, 2)];
  const count = args.length > 3 ? Number(toInt(args[3] ?? null)) : -1;
  budget.spendText(text.length);
  // An empty text stands before each character and at the end.
  const parts = old === '' ? ['', ...pieces(text, '', -1, false), ''] : pieces(text, old, -1, false);
  const places = parts.length - 1;
  const made = count < 0 ? places : Math.min(count, places);
  checkLength(text.length + made * replacement.length, budget);
  return joined(parts, (index) => (index < made ? replacement : old));
}

function joined(parts: readonly string[], between: (index: number) => string): string {
  return parts.map((part, index) => (index === parts.length - 1 ? part : part + between(index))).join('');
}

/** Throws for a text that would be too long, and charges one that is not. */
function checkLength(length: number, budget: Budget): void {
  if (length > LONGEST_TEXT) throw new ExpressionProblem('memory budget exceeded');
  budget.spendText(length);
}

function repeat(args: readonly Value[], { budget }: Surroundings): Value {
  const [text, count] = [textAt(args, 0), toInt(args[1] ?? null)];
  if (count < 0n) throw new ExpressionProblem(`invalid argument for repeat (expected positive integer, got ${count})`);
  if (count > MOST_REPEATS) throw new ExpressionProblem('memory budget exceeded');
  // Counted before the text is made.
  budget.grow(text.length * Number(count));
  return text.repeat(Number(count));
}

function join(args: readonly Value[], { budget }: Surroundings): Value {
  const glue = args.length > 1 ? textAt(args, 1) : '';
  const [items = null] = args;
  if (!isList(items) || (items.type !== STRINGS && items.type !== ANYS)) {
    throw failure(`invalid argument for join (type ${typeName(items)})`, items);
  }
  const texts = textsIn(items);
  checkLength(
    texts.reduce((sum, text) => sum + text.length + glue.length, 0),
    budget,
  );
  return texts.join(glue);
}

function textsIn({ items }: ListValue): readonly string[] {
  return items.map((item) => {
    if (typeof item === 'string') return item;
    throw notConverted(item, STRING);
  });
}

function decoded(text: string): string {
  const bare = text.replaceAll(/[\r\n]/g, '');
  const body = bare.replace(/=+$/, '');
  const isValid = bare.length % 4 === 0 && bare.length - body.length <= 2 && /^[A-Za-z\d+/]*$/.test(body);
  if (!isValid || body.length % 4 === 1) {
    const at = bare.search(/[^A-Za-z\d+/]/);
    throw new ExpressionProblem(`illegal base64 data at input byte ${at === -1 ? body.length : at}`);
  }
  return atob(body);
}

const WITHIN = [[2, INT]] as const;

export const TEXT_BUILTINS: Builtins = {
  trim,
  trimPrefix: ofTexts(
    [
      [2, STRING],
      [1, STRING],
    ],
    ([text = '', prefix = ' ']) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
  ),
  trimSuffix: ofTexts(
    [
      [2, STRING],
      [1, STRING],
    ],
    ([text = '', suffix = ' ']) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text),
  ),
  upper: withCase((one) => one.toUpperCase()),
  lower: withCase((one) => one.toLowerCase()),
  split: splitting(false),
  splitAfter: splitting(true),
  replace: {
    signatures: [form([STRING, STRING, STRING, INT], STRING), form([STRING, STRING, STRING], STRING)],
    run: replace,
  },
  repeat: { signatures: [form([STRING, INT], STRING)], run: repeat },
  join: {
    signatures: [
      form([STRINGS, STRING], STRING),
      form([ANYS, STRING], STRING),
      form([ANYS], STRING),
      form([STRINGS, STRING], STRING),
      form([STRINGS], STRING),
    ],
    run: join,
  },
  indexOf: ofTexts(WITHIN, ([text = '', part = '']) => BigInt(text.indexOf(part))),
  lastIndexOf: ofTexts(WITHIN, ([text = '', part = '']) => BigInt(text.lastIndexOf(part))),
  hasPrefix: ofTexts([[2, BOOL]], ([text = '', part = '']) => text.startsWith(part)),
  hasSuffix: ofTexts([[2, BOOL]], ([text = '', part = '']) => text.endsWith(part)),
  toBase64: ofTexts([[1, STRING]], ([text = '']) => btoa(text)),
  fromBase64: ofTexts([[1, STRING]], ([text = '']) => decoded(text)),
};
