import { expect, test } from 'vitest';
import { foldCpuProfile, type Folded } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';
import { byFunction, byOwner, selfTimes, selfTimeTable } from './self-times.ts';

const called = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });
const REPOSITORY = 'file:///somewhere/serin';

/** (root) -> look -> parse, twice as V8 splits it; (root) -> idle; look -> zod. */
const PROFILE = {
  nodes: [
    { id: 1, callFrame: called('(root)'), children: [2, 5, 6] },
    { id: 2, callFrame: called('look', `${REPOSITORY}/src/core/rollout/decide.ts`, 9), children: [3, 4, 7] },
    { id: 3, callFrame: called('parse', `${REPOSITORY}/src/runtime/wire.ts`, 22) },
    { id: 4, callFrame: called('parse', `${REPOSITORY}/src/runtime/wire.ts`, 22) },
    { id: 5, callFrame: called('(idle)') },
    { id: 6, callFrame: called('(garbage collector)') },
    { id: 7, callFrame: called('', `${REPOSITORY}/node_modules/zod/v4/<core>.js`, 4) },
  ],
  samples: [2, 3, 4, 5, 6, 7],
  timeDeltas: [1000, 2000, 3000, 50_000, 4000, 10_000],
};

test('the nodes of one function below one caller are one, and waiting is left out', () => {
  const root = foldCpuProfile(PROFILE);
  const told = ({ frame, selfMs, totalMs }: Folded) => [frame.name, frame.owner, selfMs, totalMs];
  expect(told(root)).toEqual(['all', '', 0, 20]);
  expect(root.children.map(told)).toEqual([
    ['look', 'src/core/rollout', 1, 16],
    ['(garbage collector)', '(garbage collector)', 4, 4],
  ]);
  expect(root.children[0]?.children.map(told)).toEqual([
    ['(anonymous)', 'zod', 10, 10],
    ['parse', 'src/runtime', 5, 5],
  ]);
});

test('self times are summed by function and by package', () => {
  const root = foldCpuProfile(PROFILE);
  expect(selfTimes(root, byOwner).map(({ what, ms, percent }) => [what, ms, percent])).toEqual([
    ['zod', 10, 50],
    ['src/runtime', 5, 25],
    ['(garbage collector)', 4, 20],
    ['src/core/rollout', 1, 5],
  ]);
  expect(selfTimeTable(selfTimes(root, byFunction), 2)).toBe(
    ' 50.0 %      10 ms  (anonymous) zod/v4/<core>.js:5\n 25.0 %       5 ms  parse src/runtime/wire.ts:23\n',
  );
});

test('a flame graph has a box for each function, as wide as its time, and escapes what it is told', () => {
  const svg = flameGraph(foldCpuProfile(PROFILE), 'burst & rest');
  expect(svg).toContain('burst &amp; rest');
  expect(svg).toContain('<title>look (src/core/rollout/decide.ts:10): 16 ms, 80.0 %</title>');
  expect(svg).toContain('zod/v4/&lt;core&gt;.js');
  const widths = [...svg.matchAll(/<title>(\w+)[^<]*<\/title><rect [^>]*width="([\d.]+)"/g)].map(([, name, width]) => [
    name,
    Number(width),
  ]);
  expect(widths).toContainEqual(['all', 1180]);
  expect(widths).toContainEqual(['look', 944]);
  expect(widths).toContainEqual(['parse', 295]);
});
