/** The tree that an expression is read into. */
import type { Value } from '../go/value.ts';

interface At {
  /** Where messages point to, in characters. */
  readonly at: number;
}

export type Node =
  | (At & { readonly kind: 'nil' })
  | (At & { readonly kind: 'bool'; readonly value: boolean })
  | (At & { readonly kind: 'integer'; readonly value: bigint })
  | (At & { readonly kind: 'float'; readonly value: number })
  | StringNode
  | IdentifierNode
  | UnaryNode
  | BinaryNode
  | ChainNode
  | MemberNode
  | SliceNode
  | CallNode
  | BuiltinNode
  | PredicateNode
  | PointerNode
  | DeclarationNode
  | SequenceNode
  | ConditionalNode
  | ArrayNode
  | MapNode
  | ConstantNode;

type StringNode = At & { readonly kind: 'string'; readonly value: string };
type IdentifierNode = At & { readonly kind: 'identifier'; readonly name: string };
export type UnaryNode = At & { readonly kind: 'unary'; readonly operator: string; readonly operand: Node };
export type BinaryNode = At & {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
};
/** Ends where an optional member inside of it is missing. */
type ChainNode = At & { readonly kind: 'chain'; readonly inner: Node };
export type MemberNode = At & {
  readonly kind: 'member';
  readonly base: Node;
  readonly property: Node;
  readonly optional: boolean;
  /** It is called. */
  readonly method: boolean;
};
export type SliceNode = At & {
  readonly kind: 'slice';
  readonly base: Node;
  readonly from: Node | null;
  readonly to: Node | null;
};
export type CallNode = At & { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] };
export type BuiltinNode = At & {
  readonly kind: 'builtin';
  readonly name: string;
  readonly args: readonly Node[];
  /** What each found element is turned into; made by the optimizer, as the next one. */
  readonly mapped?: Node;
  /** It fails when nothing is found. */
  readonly throws?: boolean;
};
type PredicateNode = At & { readonly kind: 'predicate'; readonly body: Node };
/** `#`, and with a name `#index` and `#acc`. */
export type PointerNode = At & { readonly kind: 'pointer'; readonly name: string };
export type DeclarationNode = At & {
  readonly kind: 'declaration';
  readonly name: string;
  readonly value: Node;
  readonly body: Node;
};
export type SequenceNode = At & { readonly kind: 'sequence'; readonly nodes: readonly Node[] };
export type ConditionalNode = At & {
  readonly kind: 'conditional';
  /** Written with `?` and `:`. */
  readonly ternary: boolean;
  readonly condition: Node;
  readonly whenTrue: Node;
  readonly whenFalse: Node;
};
export type ArrayNode = At & { readonly kind: 'array'; readonly items: readonly Node[] };
export type MapNode = At & { readonly kind: 'map'; readonly pairs: readonly (readonly [key: Node, value: Node])[] };
/** A value that the optimizer has worked out. */
type ConstantNode = At & { readonly kind: 'constant'; readonly value: Value };
