import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../testbed/cluster/repository.ts';
import { pageWithResults, replaced, section } from './page.ts';
import { ratio, ratiosOf } from './ratios.ts';

test('docs/performance.md has the tables of the results that are kept', async () => {
  expect(await readFile(join(REPOSITORY, 'docs', 'performance.md'), 'utf8')).toBe(await pageWithResults());
});

test('a table has a row for each figure, with its ratios, and says whether the target was reached', () => {
  const rows = section({
    rollouts: 500,
    pods: 1,
    rounds: 2,
    lightKubelet: true,
    machine: '2 cores',
    load: [1, 9.5],
    othersPercent: 40,
    floor: { creation: 20, burst: 10, cpu: 1.5 },
    traffic: {
      serin: { 'create events': { requests: 2, sentBytes: 1024, receivedBytes: 0 } },
      peer: {
        'create events': { requests: 3, sentBytes: 1024, receivedBytes: 512 },
        'watch pods': { requests: 0, sentBytes: 0, receivedBytes: 10_240 },
      },
    },
    contenders: {
      serin: { 'burst, ms': 20_000, 'CPU of these four, s': 8, 'writes at rest': 1, 'CPU of creation, s': 2 },
      peer: { 'burst, ms': 40_000, 'CPU of these four, s': 40, 'writes at rest': 0, 'CPU of creation, s': 0 },
    },
  }).split('\n');
  expect(rows).toContain('| what | now | Argo Rollouts | ratio | target | reached |');
  expect(rows).toContain('| burst, ms | 20,000 | 40,000 | 0.5 |  |  |');
  expect(rows).toContain('| CPU of these four, s | 8 | 40 | 0.2 | ratio ≤ 0.25 | yes |');
  expect(rows).toContain('| writes at rest | 1 | 0 |  | ≤ 0 | no |');
  expect(rows.slice(rows.indexOf('One release, requests and KiB sent and received:') + 2)).toEqual([
    '| request | now | sent | received | Argo Rollouts | sent | received |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    '| watch pods | 0 | 0 | 0 | 0 | 0 | 10 |',
    '| create events | 2 | 1 | 0 | 3 | 1 | 0.5 |',
    '| all | 2 | 1 | 0 | 3 | 1 | 10.5 |',
    '',
  ]);
  expect(rows[2]).toContain('Pods were only marked ready. ');
  expect(rows[2]).toContain('The process that only writes them takes 1.5 s of CPU for both.');
  expect(rows[2]).toContain('Between 1 and 9.5 processes wanted to run; 40 % of the processors');
});

test('what stands outside of the marks stays, and a page without them is refused', () => {
  const [begin, end] = [
    '<!-- What `npm run bench -- --write` writes begins here. -->',
    '<!-- What it writes ends here. -->',
  ];
  expect(replaced(`a\n${begin}\nold\n${end}\nz\n`, 'new')).toBe(`a\n${begin}\n\nnew\n\n${end}\nz\n`);
  expect(() => replaced('a page', 'new')).toThrow('the page has no lines');
});

test('a ratio is left out where the other has nothing', () => {
  expect([ratio(1, 4), ratio(1, 0), ratio(1, -5)]).toEqual([0.25, null, null]);
  expect(ratiosOf({ serin: { a: 1, b: 2 }, peer: { a: 2 } })).toEqual({
    peer: { a: { serin: 1, other: 2, ratio: 0.5 } },
  });
});
