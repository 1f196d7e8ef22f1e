/** How tightly operators bind. */

export interface Binding {
  readonly precedence: number;
  readonly rightToLeft?: boolean;
}

export const UNARY: ReadonlyMap<string, Binding> = new Map([
  ['not', { precedence: 50 }],
  ['!', { precedence: 50 }],
  ['-', { precedence: 90 }],
  ['+', { precedence: 90 }],
]);

export const BINARY: ReadonlyMap<string, Binding> = new Map<string, Binding>([
  ['|', { precedence: 0 }],
  ['or', { precedence: 10 }],
  ['||', { precedence: 10 }],
  ['and', { precedence: 15 }],
  ['&&', { precedence: 15 }],
  ...['==', '!=', '<', '>', '>=', '<=', 'in', 'matches', 'contains', 'startsWith', 'endsWith'].map(
    (name): [string, Binding] => [name, { precedence: 20 }],
  ),
  ['..', { precedence: 25 }],
  ['+', { precedence: 30 }],
  ['-', { precedence: 30 }],
  ['*', { precedence: 60 }],
  ['/', { precedence: 60 }],
  ['%', { precedence: 60 }],
  ['**', { precedence: 100, rightToLeft: true }],
  ['^', { precedence: 100, rightToLeft: true }],
  ['??', { precedence: 500 }],
]);

/** What `not` can stand before, as in `not in`. */
export const NEGATABLE: ReadonlySet<string> = new Set(['contains', 'matches', 'startsWith', 'endsWith', 'in']);

/** Comparisons of these chain: `0 < x < 1`. */
export function isOrder(operator: string): operator is '<' | '>' | '<=' | '>=' {
  return operator === '<' || operator === '>' || operator === '<=' || operator === '>=';
}

export function isAnd(operator: string): boolean {
  return operator === 'and' || operator === '&&';
}

export function isOr(operator: string): boolean {
  return operator === 'or' || operator === '||';
}
