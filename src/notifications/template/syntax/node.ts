/** The tree of a template. Texts and names are bytes, as in the values. */

export interface NumberNode {
  readonly kind: 'number';
  /** The value where an int fits; `1.0` is one, too. */
  readonly int: bigint | null;
  readonly float: number;
  /** It is written as a float, and is one where any type is asked for. */
  readonly isFloat: boolean;
}

export interface PipeNode {
  readonly kind: 'pipe';
  readonly line: number;
  readonly declares: readonly string[];
  /** `=` in the place of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type Operand =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'dot' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'field'; readonly fields: readonly string[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'chain'; readonly base: Operand; readonly fields: readonly string[] }
  | NumberNode
  | PipeNode;

export type Command = readonly [Operand, ...Operand[]];

interface Branches {
  readonly pipe: PipeNode;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[] | null;
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: PipeNode }
  | ({ readonly kind: 'if' | 'with' | 'range' } & Branches)
  | { readonly kind: 'template'; readonly name: string; readonly pipe: PipeNode | null; readonly line: number }
  | { readonly kind: 'break' | 'continue' };

export interface Template {
  readonly root: readonly Node[];
  /** What `define` and `block` have named. */
  readonly named: ReadonlyMap<string, readonly Node[]>;
}
