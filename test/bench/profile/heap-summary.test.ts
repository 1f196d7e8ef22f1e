import { expect, test } from 'vitest';
import { dominatorsOf, HeapGraph } from './heap-snapshot.ts';
import { heapSummary } from './heap-summary.ts';

const MIB = 1 << 20;
const STRINGS = ['', 'Cache', 'Rollout', 'objects', 'spec', 'text', 'shared'];
const [SYNTHETIC, OBJECT, STRING] = [0, 1, 2];
const [ELEMENT, PROPERTY, WEAK] = [0, 1, 2];

/** Root -> Cache -> two Rollouts, each with a text of its own; both with the shared one; one weak edge to a string. */
const NODES: readonly (readonly [
  type: number,
  name: number,
  mebibytes: number,
  edges: readonly (readonly [number, number, number])[],
])[] = [
  [
    SYNTHETIC,
    0,
    0,
    [
      [PROPERTY, 3, 1],
      [WEAK, 0, 6],
    ],
  ],
  [
    OBJECT,
    1,
    1,
    [
      [ELEMENT, 0, 2],
      [ELEMENT, 1, 3],
    ],
  ],
  [
    OBJECT,
    2,
    1,
    [
      [PROPERTY, 4, 4],
      [PROPERTY, 6, 5],
    ],
  ],
  [
    OBJECT,
    2,
    1,
    [
      [PROPERTY, 4, 6],
      [PROPERTY, 6, 5],
    ],
  ],
  [STRING, 5, 2, []],
  [STRING, 5, 4, []],
  [STRING, 5, 2, []],
];

const SNAPSHOT = JSON.stringify({
  snapshot: {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
      node_types: [['synthetic', 'object', 'string'], 'string', 'number', 'number', 'number'],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [['element', 'property', 'weak'], 'string_or_number', 'node'],
    },
  },
  nodes: NODES.flatMap(([type, name, mebibytes, edges], id) => [type, name, id, mebibytes * MIB, edges.length]),
  edges: NODES.flatMap(([, , , edges]) => edges.flatMap(([type, name, to]) => [type, name, to * 5])),
  strings: STRINGS,
});

test('who keeps what alive: what two reach belongs to what is above both, and a weak edge keeps nothing', () => {
  const { dominator, retained } = dominatorsOf(new HeapGraph(SNAPSHOT));
  expect([...dominator]).toEqual([0, 0, 1, 1, 2, 1, 3]);
  expect([...retained].map((bytes) => bytes / MIB)).toEqual([11, 11, 3, 3, 2, 4, 2]);
});

test('a summary has the classes and the tree, with what looks the same as one line', () => {
  const lines = heapSummary(SNAPSHOT).split('\n');
  expect(lines[0]).toBe('11.00 MiB in 7 objects');
  expect(lines).toContain('    8.00 MiB  72.7 %  (string) x 3');
  expect(lines).toContain('    2.00 MiB  18.2 %  Rollout x 2');
  const tree = lines.slice(lines.findIndex((line) => line.startsWith('who keeps')) + 1);
  expect(tree.filter((line) => line !== '')).toEqual([
    '   11.00 MiB 100.0 %  objects Cache x 1',
    '    6.00 MiB  54.5 %    Rollout x 2',
    '    4.00 MiB  36.4 %      spec (string) x 2',
    '    4.00 MiB  36.4 %    (string) x 1',
  ]);
});
