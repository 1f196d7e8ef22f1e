/**
 * The JSONPath templates of Kubernetes, read: `{$.items[?(@.v > 5)].n}`. Their dialect is that of `kubectl -o jsonpath`,
 * as `k8s.io/client-go/util/jsonpath` reads it. What that library reads and then never evaluates is refused here, and
 * keys may be quoted in either way.
 */

/** One step from values to values. */
export type Step =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: number | boolean }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descent' }
  | Slice
  | { readonly kind: 'union'; readonly paths: readonly Path[] }
  | Filter
  | { readonly kind: 'range' }
  | { readonly kind: 'end' };

export type Path = readonly Step[];

export interface Slice {
  readonly kind: 'slice';
  /** `[3]`: exactly one element. */
  readonly single: boolean;
  readonly start: number | null;
  readonly end: number | null;
  readonly step: number | null;
}

export interface Filter {
  readonly kind: 'filter';
  readonly left: Path;
  /** `null` where only something has to be found. */
  readonly comparison: Comparison | null;
}

export interface Comparison {
  readonly operator: Operator;
  readonly right: Path;
}

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;
type Operator = (typeof OPERATORS)[number];

/** The text between braces is a path, all other text is itself. */
export type Template = readonly Path[];

/** Longer ones are no templates of people. */
const MAX_LENGTH = 4096;

/** Where reading stands. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** Throws with a sentence. */
export function readTemplate(text: string): Template {
  if (text.length > MAX_LENGTH) throw new Error(`it is longer than ${MAX_LENGTH} characters`);
  const cursor: Cursor = { text, at: 0 };
  const parts: Path[] = [];
  while (cursor.at < text.length) {
    const brace = text.indexOf('{', cursor.at);
    const plain = text.slice(cursor.at, brace === -1 ? text.length : brace);
    if (plain !== '') parts.push([{ kind: 'text', text: plain }]);
    cursor.at += plain.length;
    if (brace !== -1) {
      cursor.at += 1;
      parts.push(readAction(cursor));
    }
  }
  return parts;
}

/** Reads up to and with the brace at the end. */
function readAction(cursor: Cursor): Path {
  const steps: Step[] = [];
  for (;;) {
    const rest = cursor.text.slice(cursor.at);
    if (rest.startsWith('}')) {
      cursor.at += 1;
      return steps;
    }
    if (/^[ @$]/.test(rest)) cursor.at += 1;
    else steps.push(...readStep(cursor, rest, steps.at(-1)));
  }
}

const NUMBER = /^[+-]?[\d.]*/;
const IDENTIFIER = /^[\p{L}\p{Nd}_][^\s.,[\]$@{}]*/u;

function readStep(cursor: Cursor, rest: string, before: Step | undefined): readonly Step[] {
  if (rest.startsWith('[?(')) return [readFilter(cursor, rest)];
  if (rest.startsWith('..')) {
    if (before?.kind === 'descent') throw new Error('two recursive descents follow each other');
    cursor.at += 2;
    const name = IDENTIFIER.test(rest.slice(2)) ? [readField(cursor)] : [];
    return [{ kind: 'descent' }, ...name];
  }
  const [first = ''] = rest;
  if (first === '[') return readBrackets(cursor, rest);
  if (first === '"' || first === "'") return [readQuoted(cursor, first)];
  if (first === '.') {
    cursor.at += 1;
    return [readField(cursor)];
  }
  if (/[+\-\d]/.test(first)) {
    const [text = ''] = NUMBER.exec(rest) ?? [];
    cursor.at += text.length;
    return [{ kind: 'constant', value: numberOf(text) }];
  }
  if (IDENTIFIER.test(rest)) return [readIdentifier(cursor, rest)];
  throw new Error(first === '' || /[\r\n]/.test(first) ? 'a brace is not closed' : `unexpected character ${first}`);
}

function numberOf(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) throw new Error(`${text} is not a number`);
  return Number(text);
}

function readIdentifier(cursor: Cursor, rest: string): Step {
  const [name = ''] = IDENTIFIER.exec(rest) ?? [];
  cursor.at += name.length;
  if (name === 'true' || name === 'false') return { kind: 'constant', value: name === 'true' };
  if (name === 'range' || name === 'end') return { kind: name };
  throw new Error(`unrecognized identifier ${name}`);
}

const NAME = /^(?:\\[^]?|[^\\\s.,[\]$@{}])*/;

/** A name up to what may follow one; a backslash takes the next character as it is. */
function readField(cursor: Cursor): Step {
  const [name = ''] = NAME.exec(cursor.text.slice(cursor.at)) ?? [];
  cursor.at += name.length;
  return fieldOf(name);
}

function fieldOf(name: string): Step {
  return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') };
}

/** Between brackets: a list of what they may hold, a quoted key, or an index. */
function readBrackets(cursor: Cursor, rest: string): readonly Step[] {
  const end = rest.search(/[\]\n]/);
  if (end === -1 || rest[end] === '\n') throw new Error('a bracket is not closed');
  cursor.at += end + 1;
  const content = rest.slice(1, end);
  const parts = content.split(',');
  return parts.length === 1
    ? bracketed(content)
    : [{ kind: 'union', paths: parts.map((part) => bracketed(part.replace(/^ +| +$/g, ''))) }];
}

const KEY = /^'([^']*)'$|^"([^"]*)"$/;
const INDEX = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;

function bracketed(content: string): Path {
  const key = KEY.exec(content);
  // A dot within quotes leads to a field of a field, unless a backslash is before it.
  if (key !== null) return (key[1] ?? key[2] ?? '').split(/(?<!\\)\./).map(fieldOf);
  const index = INDEX.exec(content === '*' ? ':' : content);
  if (index === null) throw new Error(`invalid array index ${content}`);
  const [, first = '', second, third] = index;
  const [start, end, step] = [indexOf(first), indexOf(second?.slice(1)), indexOf(third?.slice(1))];
  return [{ kind: 'slice', single: second === undefined, start, end, step }];
}

function indexOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`array index ${text} is not a number`);
  return value;
}

const FILTER = /^([^!<>=]+)([!<>=]+)(.+)$/;

/** `[?(…)]`. The first closing parenthesis that is not within quotes ends it. */
function readFilter(cursor: Cursor, rest: string): Step {
  const end = endOfFilter(rest);
  if (rest[end + 1] !== ']') throw new Error('a filter is not closed');
  cursor.at += end + 2;
  const content = rest.slice('[?('.length, end);
  const [, left = content, operator, right = ''] = FILTER.exec(content) ?? [];
  if (operator === undefined) return { kind: 'filter', left: readOperand(left), comparison: null };
  const known = OPERATORS.find((one) => one === operator);
  if (known === undefined) throw new Error(`unrecognized filter operator ${operator}`);
  return { kind: 'filter', left: readOperand(left), comparison: { operator: known, right: readOperand(right) } };
}

function endOfFilter(rest: string): number {
  let quote = '';
  for (let at = '[?('.length; at < rest.length; at += 1) {
    const character = rest.charAt(at);
    if (character === '\n') break;
    if (quote === '' && character === ')') return at;
    if (quote === '' && /["']/.test(character)) quote = character;
    else if (character === quote && rest[at - 1] !== '\\') quote = '';
  }
  throw new Error('a filter is not closed');
}

function readOperand(text: string): Path {
  const cursor: Cursor = { text: `${text}}`, at: 0 };
  const path = readAction(cursor);
  if (cursor.at < cursor.text.length) throw new Error(`unexpected brace in ${text}`);
  return path;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2})|([^])|$)/g;

/** A text with the escapes of Go. */
function readQuoted(cursor: Cursor, quote: string): Step {
  const start = cursor.at + 1;
  let end = start;
  while (cursor.text[end] !== quote || cursor.text[end - 1] === '\\') {
    if (end >= cursor.text.length || cursor.text[end] === '\n') throw new Error('a quoted text is not closed');
    end += 1;
  }
  cursor.at = end + 1;
  const raw = cursor.text.slice(start, end);
  const text = raw.replaceAll(ESCAPE, (_, byte?: string, short?: string, long?: string, octal?: string, one = '') => {
    const hex = byte ?? short ?? long;
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
    if (octal !== undefined) return characterOf(Number.parseInt(octal, 8));
    const plain = one === quote ? quote : ESCAPES[one];
    if (plain === undefined) throw new Error(`unknown escape \\${one}`);
    return plain;
  });
  return { kind: 'text', text };
}

function characterOf(code: number): string {
  if (code > 0x10ffff) throw new Error('an escape is no character');
  return String.fromCodePoint(code);
}
