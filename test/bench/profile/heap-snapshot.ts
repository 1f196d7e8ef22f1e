/** A heap snapshot of V8 as a graph, and who keeps what alive in it: its dominator tree. */
import { z } from 'zod';

const SNAPSHOT = z.object({
  snapshot: z.object({
    meta: z.object({
      node_fields: z.array(z.string()),
      node_types: z.array(z.unknown()),
      edge_fields: z.array(z.string()),
      edge_types: z.array(z.unknown()),
    }),
  }),
});
const NAMES = z.array(z.string());

/** Too large to be checked number by number. */
interface Numbers {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

export class HeapGraph {
  readonly size: number;
  /** Bytes of the node itself. */
  readonly selfSize: Float64Array;
  /** The number of each node's first edge; one more entry than there are nodes. */
  readonly firstEdge: Uint32Array;
  /** What an edge points to. */
  readonly target: Uint32Array;
  readonly #text: Numbers;
  readonly #nodeFields: ReadonlyMap<string, number>;
  readonly #edgeFields: ReadonlyMap<string, number>;
  readonly #nodeTypes: readonly string[];
  readonly #edgeTypes: readonly string[];

  constructor(json: string) {
    const parsed: unknown = JSON.parse(json);
    const { meta } = SNAPSHOT.parse(parsed).snapshot;
    this.#text = parsed as Numbers;
    this.#nodeFields = new Map(meta.node_fields.map((field, index) => [field, index]));
    this.#edgeFields = new Map(meta.edge_fields.map((field, index) => [field, index]));
    this.#nodeTypes = NAMES.parse(meta.node_types[0]);
    this.#edgeTypes = NAMES.parse(meta.edge_types[0]);
    const width = meta.node_fields.length;
    this.size = this.#text.nodes.length / width;
    this.selfSize = Float64Array.from({ length: this.size }, (_, node) => this.#nodeValue(node, 'self_size'));
    this.firstEdge = new Uint32Array(this.size + 1);
    for (let node = 0; node < this.size; node += 1)
      this.firstEdge[node + 1] = (this.firstEdge[node] ?? 0) + this.#nodeValue(node, 'edge_count');
    const edges = this.firstEdge[this.size] ?? 0;
    this.target = Uint32Array.from({ length: edges }, (_, edge) => this.#edgeValue(edge, 'to_node') / width);
  }

  /** The constructor of an object, and of everything else its kind, in brackets. */
  classOf(node: number): string {
    const type = this.#nodeTypes[this.#nodeValue(node, 'type')] ?? '';
    if (type === 'object' || type === 'native' || type === 'synthetic') {
      const name = this.#text.strings[this.#nodeValue(node, 'name')] ?? '';
      return name === '' ? `(${type})` : name;
    }
    return type.includes('string') ? '(string)' : `(${type})`;
  }

  /** The property or variable that holds the target; empty for an element, or what V8 holds itself. */
  edgeName(edge: number): string {
    const type = this.#edgeTypes[this.#edgeValue(edge, 'type')];
    const named = type === 'property' || type === 'context' || type === 'internal';
    return named ? (this.#text.strings[this.#edgeValue(edge, 'name_or_index')] ?? '') : '';
  }

  isWeak(edge: number): boolean {
    return this.#edgeTypes[this.#edgeValue(edge, 'type')] === 'weak';
  }

  #nodeValue(node: number, field: string): number {
    return this.#text.nodes[node * this.#nodeFields.size + (this.#nodeFields.get(field) ?? 0)] ?? 0;
  }

  #edgeValue(edge: number, field: string): number {
    return this.#text.edges[edge * this.#edgeFields.size + (this.#edgeFields.get(field) ?? 0)] ?? 0;
  }
}

export interface Dominators {
  /** Of each node, the node without which it would not be alive; of the root, and of what nothing reaches, itself. */
  readonly dominator: Int32Array;
  /** Bytes that would be free without the node. */
  readonly retained: Float64Array;
}

/** Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. The root is node 0. */
export function dominatorsOf(graph: HeapGraph): Dominators {
  const { order, position } = postorder(graph);
  const { firstOf, sources } = sourcesOf(graph, position);
  const dominator = new Int32Array(graph.size).fill(-1);
  dominator[0] = 0;
  const meet = (one: number, other: number): number => {
    let [a, b] = [one, other];
    while (a !== b) {
      while ((position[a] ?? 0) < (position[b] ?? 0)) a = dominator[a] ?? 0;
      while ((position[b] ?? 0) < (position[a] ?? 0)) b = dominator[b] ?? 0;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let index = order.length - 2; index >= 0; index -= 1) {
      const node = order[index] ?? 0;
      let found = -1;
      for (let at = firstOf[node] ?? 0; at < (firstOf[node + 1] ?? 0); at += 1) {
        const source = sources[at] ?? 0;
        if (dominator[source] === -1) continue;
        found = found === -1 ? source : meet(source, found);
      }
      if (dominator[node] === found) continue;
      dominator[node] = found;
      changed = true;
    }
  }
  const retained = Float64Array.from(graph.selfSize);
  for (const node of order) {
    const above = dominator[node] ?? node;
    if (above !== node) retained[above] = (retained[above] ?? 0) + (retained[node] ?? 0);
  }
  for (let node = 0; node < graph.size; node += 1) if (dominator[node] === -1) dominator[node] = node;
  return { dominator, retained };
}

interface Order {
  /** What the root reaches; the root comes last. */
  readonly order: Uint32Array;
  /** Where in the order a node is; -1 if it is not reached. */
  readonly position: Int32Array;
}

function postorder(graph: HeapGraph): Order {
  const position = new Int32Array(graph.size).fill(-1);
  const seen = new Uint8Array(graph.size);
  const next = Uint32Array.from(graph.firstEdge);
  const order = new Uint32Array(graph.size);
  const path: number[] = [0];
  let done = 0;
  seen[0] = 1;
  while (path.length > 0) {
    const node = path.at(-1) ?? 0;
    const edge = next[node] ?? 0;
    if (edge === graph.firstEdge[node + 1]) {
      path.pop();
      position[node] = done;
      order[done++] = node;
      continue;
    }
    next[node] = edge + 1;
    const below = graph.target[edge] ?? 0;
    if (seen[below] === 1 || graph.isWeak(edge)) continue;
    seen[below] = 1;
    path.push(below);
  }
  return { order: order.subarray(0, done), position };
}

/** The edges backwards, of what is reached. */
function sourcesOf(graph: HeapGraph, position: Int32Array) {
  const firstOf = new Uint32Array(graph.size + 1);
  const follow = (take: (source: number, target: number) => void): void => {
    for (let node = 0; node < graph.size; node += 1) {
      if (position[node] === -1) continue;
      for (let edge = graph.firstEdge[node] ?? 0; edge < (graph.firstEdge[node + 1] ?? 0); edge += 1)
        if (!graph.isWeak(edge)) take(node, graph.target[edge] ?? 0);
    }
  };
  follow((_, target) => (firstOf[target + 1] = (firstOf[target + 1] ?? 0) + 1));
  for (let node = 0; node < graph.size; node += 1) firstOf[node + 1] = (firstOf[node + 1] ?? 0) + (firstOf[node] ?? 0);
  const sources = new Uint32Array(firstOf[graph.size] ?? 0);
  const free = Uint32Array.from(firstOf);
  follow((source, target) => {
    const at = free[target] ?? 0;
    sources[at] = source;
    free[target] = at + 1;
  });
  return { firstOf, sources };
}
