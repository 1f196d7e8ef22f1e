/** A CPU profile as V8 writes it (a `.cpuprofile`), folded into one tree of functions. */
import { z } from 'zod';

const CPU_PROFILE = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).default([]),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

interface Frame {
  /** The function, or what V8 calls it in brackets: `(garbage collector)`. */
  readonly name: string;
  /** The file and line, without the folder of the repository; empty for what V8 does itself. */
  readonly place: string;
  /** A package, `src/FOLDER`, a part of Node, or the brackets of V8. */
  readonly owner: string;
}

export interface Folded {
  readonly frame: Frame;
  /** Milliseconds in the function itself, and with all that it called. */
  readonly selfMs: number;
  readonly totalMs: number;
  /** The longest first. */
  readonly children: readonly Folded[];
}

/** Not work of the process: it waited, or the sampler was not there. */
const WAITING = new Set(['(idle)']);

/** The root of a tree in which a function appears once below each of its callers, and waiting does not appear. */
export function foldCpuProfile(profile: unknown): Folded {
  const { nodes, samples, timeDeltas } = CPU_PROFILE.parse(profile);
  const selfMs = new Map<number, number>();
  for (const [index, id] of samples.entries())
    selfMs.set(id, (selfMs.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0) / 1000);
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const called = new Set(nodes.flatMap(({ children }) => children));
  // What V8 calls `(root)`: it calls everything, and takes no time.
  const roots = nodes.filter(({ id }) => !called.has(id)).map(({ id }) => id);

  /** The nodes of V8 that are the same function of the same caller: V8 splits them, by the script that was reparsed for example. */
  const fold = (frame: Frame, ids: readonly number[]): Folded => {
    const groups = new Map<string, { readonly frame: Frame; readonly ids: number[] }>();
    for (const id of ids.flatMap((one) => nodeOf.get(one)?.children ?? [])) {
      const node = nodeOf.get(id);
      if (node === undefined || WAITING.has(node.callFrame.functionName)) continue;
      const below = frameOf(node.callFrame);
      const key = `${below.name} ${below.place}`;
      const group = groups.get(key) ?? { frame: below, ids: [] };
      groups.set(key, group);
      group.ids.push(id);
    }
    const children = [...groups.values()]
      .map((group) => fold(group.frame, group.ids))
      .toSorted((a, b) => b.totalMs - a.totalMs);
    const own = ids.reduce((sum, id) => sum + (selfMs.get(id) ?? 0), 0);
    return {
      frame,
      selfMs: own,
      totalMs: own + children.reduce((sum, { totalMs }) => sum + totalMs, 0),
      children,
    };
  };
  return fold({ name: 'all', place: '', owner: '' }, roots);
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

function frameOf({ functionName, url, lineNumber }: CallFrame): Frame {
  const path = url.replace(/^file:\/\//, '');
  const place = path === '' ? '' : `${shortened(path)}:${lineNumber + 1}`;
  return {
    name: functionName === '' ? '(anonymous)' : functionName,
    place,
    owner: path === '' ? functionName || '(native)' : ownerOf(path),
  };
}

function shortened(path: string): string {
  return /(?:^|\/)((?:node_modules|src|dist)\/.*)$/.exec(path)?.[1]?.replace(/^node_modules\//, '') ?? path;
}

function ownerOf(path: string): string {
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (dependency !== undefined) return dependency;
  const own = /(?:^|\/)(src\/(?:core\/)?[^/]+)(?:\/|$)/.exec(path)?.[1];
  if (own !== undefined) return own;
  return /^(node:(?:internal\/)?[^/]+)/.exec(path)?.[1] ?? shortened(path);
}
