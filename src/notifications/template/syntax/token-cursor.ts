/** Walks through the tokens of a template. */
import { TemplateProblem } from '../values/problem.ts';
import type { Token, TokenKind } from './lexer.ts';

const NAMES: Readonly<Partial<Record<TokenKind, string>>> = { end: 'the end', close: '}}', space: 'a blank' };

export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', line: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** The same without a blank before it. */
  peekWord(): Token {
    if (this.peek().kind === 'space') this.#at += 1;
    return this.peek();
  }

  nextWord(): Token {
    this.peekWord();
    return this.next();
  }

  mark(): number {
    return this.#at;
  }

  goBack(mark: number): void {
    this.#at = mark;
  }

  /** Whether an action begins here with this keyword. */
  isAhead(kind: TokenKind, keyword: string): boolean {
    if (this.peek().kind !== kind) return false;
    const behind = this.#tokens[this.#at + 1];
    const word = behind?.kind === 'space' ? this.#tokens[this.#at + 2] : behind;
    return word?.kind === 'keyword' && word.text === keyword;
  }

  expect(kind: TokenKind, what: string): void {
    const token = this.nextWord();
    if (token.kind !== kind) throw this.unexpected(token, what);
  }

  unexpected({ kind, text, line }: Token, what: string): TemplateProblem {
    return new TemplateProblem(`${NAMES[kind] ?? JSON.stringify(text)} cannot stand in ${what}`, line);
  }

  /** A problem where the cursor is. */
  problem(message: string): TemplateProblem {
    return new TemplateProblem(message, this.#tokens[Math.max(0, this.#at - 1)]?.line ?? null);
  }

  /** What it returns; a problem without a line gets that of the cursor. */
  placed<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof TemplateProblem && error.line === null) throw this.problem(error.message);
      throw error;
    }
  }
}
