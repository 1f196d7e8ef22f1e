/** The table that is printed at the end, and the one in the documentation. */
import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { mergedRows } from './measured-page.ts';

test('a row for each scenario in the order of their names, the sum of ours, and what it is compared with below', async () => {
  const ledger = await Ledger.create();
  await ledger.add({ scenario: 'shares', requests: 6_000, failed: 0, note: 'measured 20.0 %' });
  await ledger.add({ scenario: 'not ours', requests: 400, failed: 12, comparison: true });
  await ledger.add({ scenario: '20 promotions', requests: 22_798, failed: 1, wrong: 2, note: '205 a second' });
  expect((await ledger.close()).table.trim().split('\n')).toEqual([
    'scenario       requests  failed  wrong version',
    '20 promotions     22798       1              2  205 a second',
    'shares             6000       0              -  measured 20.0 %',
    'all               28798       1              2',
    'not ours            400      12              -',
  ]);
});

test('sums by file, comparisons left out', async () => {
  const common = await Ledger.create();
  const releases = new Ledger(common.path, '/somewhere/releases.test.ts');
  const barrier = new Ledger(common.path, '/somewhere/barrier.test.ts');
  await releases.add({ scenario: 'promotions', requests: 100, failed: 1, wrong: 2 });
  await releases.add({ scenario: 'aborts', requests: 50, failed: 0 });
  await barrier.add({ scenario: 'not ours', requests: 400, failed: 12, comparison: true });
  expect((await common.close()).files).toEqual([
    { file: 'releases', scenarios: 2, requests: 150, failed: 1, wrong: 2 },
  ]);
});

test('rows of the documentation: those of the same file and proxy are replaced, in the order of file and proxy', () => {
  const former = [
    ['releases', 'traefik', 'full', '2', '100', '1', '0'],
    ['releases', 'ingress-nginx', 'full', '2', '100', '0', '0'],
  ];
  const totals = [
    { file: 'releases', scenarios: 3, requests: 200, failed: 0, wrong: 0 },
    { file: 'adoption', scenarios: 1, requests: 10, failed: 0, wrong: 0 },
  ];
  expect(mergedRows(former, totals, { proxy: 'traefik', extent: 'short' })).toEqual([
    ['adoption', 'traefik', 'short', '1', '10', '0', '0'],
    ['releases', 'ingress-nginx', 'full', '2', '100', '0', '0'],
    ['releases', 'traefik', 'short', '3', '200', '0', '0'],
  ]);
});
