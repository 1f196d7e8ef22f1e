/** What a heap is made of, as plain text: by class, and as a tree of who keeps what alive. */
import { dominatorsOf, HeapGraph } from './heap-snapshot.ts';

const CLASSES = 40;
/** Parts of the tree that are smaller than this share of the heap are left out. */
const MIN_SHARE = 0.004;
const MAX_DEPTH = 14;

export function heapSummary(snapshot: string): string {
  const graph = new HeapGraph(snapshot);
  const total = graph.selfSize.reduce((sum, size) => sum + size, 0);
  return [
    `${mebibytes(total)} MiB in ${graph.size} objects\n`,
    'by class, bytes of the objects themselves:',
    ...byClass(graph, total),
    '\nwho keeps what alive (property, class, how many, with all that only they reach):',
    ...retainers(graph, total),
    '',
  ].join('\n');
}

function byClass(graph: HeapGraph, total: number): readonly string[] {
  const sums = new Map<string, { size: number; count: number }>();
  for (let node = 0; node < graph.size; node += 1) {
    const name = graph.classOf(node);
    const sum = sums.get(name) ?? { size: 0, count: 0 };
    sum.size += graph.selfSize[node] ?? 0;
    sum.count += 1;
    sums.set(name, sum);
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.size - a.size)
    .slice(0, CLASSES)
    .map(([name, { size, count }]) => line(size, total, `${name} x ${count}`));
}

/** The dominator tree, in which what looks the same below the same is one line. */
function retainers(graph: HeapGraph, total: number): readonly string[] {
  const { dominator, retained } = dominatorsOf(graph);
  const below = childrenOf(dominator);
  const heldBy = holders(graph, dominator);
  const lines: string[] = [];
  const print = (nodes: readonly number[], depth: number): void => {
    const groups = new Map<string, number[]>();
    for (const child of nodes.flatMap((node) => below.get(node) ?? [])) {
      const label = `${heldBy.get(child) ?? ''} ${graph.classOf(child)}`.trim();
      const group = groups.get(label) ?? [];
      groups.set(label, group);
      group.push(child);
    }
    const sized = [...groups].map(([label, group]) => ({ label, group, size: sumOf(group, retained) }));
    for (const { label, group, size } of sized.toSorted((a, b) => b.size - a.size)) {
      if (size < total * MIN_SHARE || depth > MAX_DEPTH) continue;
      lines.push(line(size, total, `${'  '.repeat(depth)}${label} x ${group.length}`));
      print(group, depth + 1);
    }
  };
  print([0], 0);
  return lines;
}

function childrenOf(dominator: Int32Array): ReadonlyMap<number, readonly number[]> {
  const below = new Map<number, number[]>();
  for (const [node, above] of dominator.entries()) {
    if (node === above) continue;
    const children = below.get(above) ?? [];
    below.set(above, children);
    children.push(node);
  }
  return below;
}

/** The name by which its dominator holds a node, where it holds it by itself and by a name. */
function holders(graph: HeapGraph, dominator: Int32Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (let node = 0; node < graph.size; node += 1) {
    for (let edge = graph.firstEdge[node] ?? 0; edge < (graph.firstEdge[node + 1] ?? 0); edge += 1) {
      const target = graph.target[edge] ?? 0;
      if (dominator[target] !== node || names.has(target)) continue;
      const name = graph.edgeName(edge);
      if (name !== '') names.set(target, name);
    }
  }
  return names;
}

function sumOf(nodes: readonly number[], sizes: Float64Array): number {
  return nodes.reduce((sum, node) => sum + (sizes[node] ?? 0), 0);
}

function line(size: number, total: number, text: string): string {
  const percent = total === 0 ? 0 : (size / total) * 100;
  return `${mebibytes(size).padStart(8)} MiB ${percent.toFixed(1).padStart(5)} %  ${text}`;
}

function mebibytes(bytes: number): string {
  return (bytes / (1 << 20)).toFixed(2);
}
