/** Cuts the text of an expression into tokens, one at a time. */
import { ExpressionProblem } from '../go/problem.ts';
import { toBytes } from '../go/byte-text.ts';
import { quoted } from '../go/quoted.ts';
import { isLetterOrDigit, isSpace } from './characters.ts';
import { unescaped } from './escapes.ts';
import { absorbName, accept, acceptRun, peek, tokenOf, word, type Scanner } from './scanner.ts';
import type { Token } from './token.ts';

const WORD_OPERATORS = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);
const BASES: Readonly<Record<string, string>> = {
  x: '0123456789abcdefABCDEF_',
  X: '0123456789abcdefABCDEF_',
  o: '01234567_',
  O: '01234567_',
  b: '01_',
  B: '01_',
};
const DIGITS = '0123456789_';
const HEX = '0123456789abcdefABCDEF';
const OCTAL = '01234567';
/** Which characters may follow an operator's first one and belong to it. */
const SECOND: Readonly<Record<string, string>> = { '|': '|', ':': ':', '?': '.?', '#': '#', '.': '.' };

/** Each call returns the next token; after the end there is none. Throws for text that is no token. */
export type Lexer = () => Token | null;

export function createLexer(characters: readonly string[]): Lexer {
  const scanner: Scanner = { characters, at: 0, start: 0 };
  let ended = false;
  let wasPointer = false;
  return () => {
    scanner.start = scanner.at;
    if (wasPointer) absorbName(scanner);
    const isPointerName = wasPointer && scanner.at > scanner.start;
    wasPointer = false;
    if (isPointerName) return tokenOf(scanner, 'Identifier');
    if (ended) return null;
    skipBlanks(scanner);
    const token = next(scanner);
    ended = token.kind === 'EOF';
    // What follows at once is the name of what is pointed to.
    wasPointer = token.kind === 'Operator' && token.text.startsWith('#');
    return token;
  };
}

function skipBlanks(scanner: Scanner): void {
  for (;;) {
    if (isSpace(peek(scanner))) scanner.at++;
    else if (!skipComment(scanner)) break;
  }
  scanner.start = scanner.at;
}

function skipComment(scanner: Scanner): boolean {
  if (peek(scanner) !== '/') return false;
  const second = peek(scanner, 1);
  if (second === '/') {
    while (peek(scanner) !== '' && peek(scanner) !== '\n') scanner.at++;
    return true;
  }
  if (second !== '*') return false;
  scanner.at += 2;
  while (peek(scanner) !== '' && !(peek(scanner) === '*' && peek(scanner, 1) === '/')) scanner.at++;
  if (peek(scanner) === '') throw new ExpressionProblem('unclosed comment', scanner.at);
  scanner.at += 2;
  return true;
}

function next(scanner: Scanner): Token {
  const first = peek(scanner);
  if (first === '') return { kind: 'EOF', text: '', at: Math.max(scanner.at - 1, 0) };
  if (/^\d$/.test(first)) return number(scanner);
  scanner.at++;
  if (first === '.' && /^\d$/.test(peek(scanner))) return number(scanner);
  if (first === '"' || first === "'") return quotedString(scanner, first);
  if (first === '`') return rawString(scanner);
  if ('([{)]}'.includes(first)) return tokenOf(scanner, 'Bracket');
  const second = SECOND[first] ?? ('&!=*<>'.includes(first) ? '&=*' : ',;%+-^/'.includes(first) ? '' : null);
  if (second !== null) {
    accept(scanner, second);
    return tokenOf(scanner, 'Operator');
  }
  if (!isLetterOrDigit(first)) {
    throw new ExpressionProblem(`unrecognized character: ${shownCharacter(first)}`, scanner.at - 1);
  }
  absorbName(scanner);
  return tokenOf(scanner, WORD_OPERATORS.has(word(scanner)) ? 'Operator' : 'Identifier');
}

function number(scanner: Scanner): Token {
  let digits = DIGITS;
  if (accept(scanner, '0')) {
    const base = BASES[peek(scanner)];
    if (base !== undefined) {
      digits = base;
      scanner.at++;
    }
  }
  acceptRun(scanner, digits);
  // Two dots are the operator of a range.
  if (peek(scanner) === '.' && peek(scanner, 1) === '.') return tokenOf(scanner, 'Number');
  if (accept(scanner, '.')) acceptRun(scanner, digits);
  if (accept(scanner, 'eE')) {
    accept(scanner, '+-');
    acceptRun(scanner, digits);
  }
  if (!isLetterOrDigit(peek(scanner))) return tokenOf(scanner, 'Number');
  scanner.at++;
  throw new ExpressionProblem(`bad number syntax: ${quoted(toBytes(word(scanner)))}`, scanner.at - 1);
}

function quotedString(scanner: Scanner, quote: string): Token {
  for (;;) {
    const character = peek(scanner);
    if (character === '' || character === '\n') throw new ExpressionProblem('literal not terminated', scanner.at);
    scanner.at++;
    if (character === quote) break;
    if (character === '\\') {
      checkEscape(scanner, quote);
      scanner.at++;
    }
  }
  const content = word(scanner).slice(1, -1);
  try {
    return tokenOf(scanner, 'String', unescaped(content));
  } catch (error) {
    throw error instanceof ExpressionProblem ? new ExpressionProblem(error.message, scanner.at - 1) : error;
  }
}

/** Between backticks; two of them stand for one. */
function rawString(scanner: Scanner): Token {
  let content = '';
  for (;;) {
    const character = peek(scanner);
    if (character === '') throw new ExpressionProblem('literal not terminated', scanner.at);
    scanner.at++;
    if (character === '`' && !accept(scanner, '`')) return tokenOf(scanner, 'String', toBytes(content));
    content += character;
  }
}

/** How many digits follow the letter of an escape, and of which kind. */
const ESCAPE_DIGITS: Readonly<Record<string, readonly [count: number, digits: string]>> = {
  x: [2, HEX],
  u: [4, HEX],
  U: [8, HEX],
};
const MOST_BRACED_DIGITS = 6;

/** Throws unless an escape begins after the backslash, where the scanner is. */
function checkEscape(scanner: Scanner, quote: string): void {
  const letter = peek(scanner);
  if (letter === quote || (letter !== '' && 'abfnrtv\\'.includes(letter))) return;
  const isOctal = letter !== '' && OCTAL.includes(letter);
  const digits = isOctal ? ([3, OCTAL] as const) : ESCAPE_DIGITS[letter];
  if (digits === undefined) throw new ExpressionProblem('invalid char escape', scanner.at);
  const [count, valid] = digits;
  const braced = letter === 'u' && peek(scanner, 1) === '{';
  const first = (isOctal ? 0 : 1) + (braced ? 1 : 0);
  const most = braced ? MOST_BRACED_DIGITS : count;
  let found = 0;
  while (found < most && peek(scanner, first + found) !== '' && valid.includes(peek(scanner, first + found))) found++;
  if (braced ? found > 0 && peek(scanner, first + found) === '}' : found === count) return;
  // An open brace is blamed on what was read, all else on what was not expected.
  throw new ExpressionProblem('invalid char escape', scanner.at + first + found - (braced ? 1 : 0));
}

function shownCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${character}'`;
}
