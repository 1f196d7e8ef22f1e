/** Where a lexer stands in the characters of a source. */
import { isLetterOrDigit } from './characters.ts';
import type { Token, TokenKind } from './token.ts';

export interface Scanner {
  readonly characters: readonly string[];
  /** The next character to be taken. */
  at: number;
  /** Where the current token begins. */
  start: number;
}

/** The next character, or one further on; empty at the end. */
export function peek({ characters, at }: Scanner, ahead = 0): string {
  return characters[at + ahead] ?? '';
}

/** Takes the next character if it is one of these. */
export function accept(scanner: Scanner, valid: string): boolean {
  const found = peek(scanner) !== '' && valid.includes(peek(scanner));
  if (found) scanner.at++;
  return found;
}

export function acceptRun(scanner: Scanner, valid: string): void {
  while (accept(scanner, valid));
}

export function absorbName(scanner: Scanner): void {
  while (isLetterOrDigit(peek(scanner))) scanner.at++;
}

/** What has been taken since the token began. */
export function word({ characters, start, at }: Scanner): string {
  return characters.slice(start, at).join('');
}

export function tokenOf(scanner: Scanner, kind: TokenKind, text = word(scanner)): Token {
  return { kind, text, at: scanner.start };
}
