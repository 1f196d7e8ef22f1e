/** Where a parser stands in the tokens, and what its parts need of each other. */
import { ExpressionProblem } from '../go/problem.ts';
import { createLexer } from './lexer.ts';
import type { Node } from './node.ts';
import { shown, type Token, type TokenKind } from './token.ts';

const MOST_NODES = 10_000;
/** Brackets within brackets. */
const DEEPEST_NESTING = 250;

export interface Cursor {
  /** The token that has not been taken yet. */
  readonly current: () => Token;
  /** Takes a token. */
  readonly next: () => void;
  readonly is: (kind: TokenKind, text?: string) => boolean;
  /** Takes a token that has to be there. */
  readonly expect: (kind: TokenKind, text?: string) => Token;
  /** Takes a token if it is there. */
  readonly accept: (kind: TokenKind, text?: string) => boolean;
  /** Puts back what was taken last, in front of the current token. */
  readonly putBack: (token: Token) => void;
  readonly unexpected: () => ExpressionProblem;
  readonly fail: (message: string, at?: Token) => ExpressionProblem;
  /** Counts a node, and returns it. */
  readonly make: <One extends Node>(node: One) => One;
  /** Runs `parse` one level deeper. */
  readonly nested: (parse: () => Node) => Node;
  /** Runs `parse` where `#` has a meaning. */
  readonly inPredicate: (parse: () => Node) => Node;
  readonly isInPredicate: () => boolean;
}

/** How one part of the grammar reads another one. */
export interface Grammar {
  readonly cursor: Cursor;
  readonly expression: (precedence: number) => Node;
  readonly sequence: () => Node;
}

export function createCursor(characters: readonly string[]): Cursor {
  const lex = createLexer(characters);
  let stash: Token | null = null;
  let nodes = 0;
  let depth = 0;
  let predicates = 0;
  let current = lex() ?? { kind: 'EOF', text: '', at: 0 };

  const fail = (message: string, at: Token = current): ExpressionProblem => new ExpressionProblem(message, at.at);
  const unexpected = (): ExpressionProblem => fail(`unexpected token ${shown(current)}`);
  const is = (kind: TokenKind, text?: string): boolean =>
    current.kind === kind && (text === undefined || current.text === text);
  const next = (): void => {
    const token: Token | null = stash ?? lex();
    stash = null;
    if (token === null) throw fail('unexpected end of expression');
    current = token;
  };
  return {
    current: () => current,
    next,
    is,
    expect: (kind, text) => {
      if (!is(kind, text)) throw unexpected();
      const token = current;
      next();
      return token;
    },
    accept: (kind, text) => {
      const found = is(kind, text);
      if (found) next();
      return found;
    },
    putBack: (token) => {
      stash = current;
      current = token;
    },
    unexpected,
    fail,
    make: (node) => {
      nodes++;
      if (nodes > MOST_NODES) throw fail('compilation failed: expression exceeds maximum allowed nodes');
      return node;
    },
    nested: (parse) => {
      depth++;
      if (depth > DEEPEST_NESTING) throw fail('the expression is nested too deeply');
      const node = parse();
      depth--;
      return node;
    },
    inPredicate: (parse) => {
      predicates++;
      const node = parse();
      predicates--;
      return node;
    },
    isInPredicate: () => predicates > 0,
  };
}
