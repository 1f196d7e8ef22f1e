/** The pieces of an expression's text. */
import { toBytes } from '../go/byte-text.ts';
import { quoted } from '../go/quoted.ts';

export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Operator' | 'Bracket' | 'EOF';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string its content, in bytes. */
  readonly text: string;
  /** Where it begins, in characters. */
  readonly at: number;
}

/** As messages show a token: `Operator("==")`. */
export function shown({ kind, text }: Token): string {
  if (text === '') return kind;
  return `${kind}(${quoted(kind === 'String' ? text : toBytes(text))})`;
}
