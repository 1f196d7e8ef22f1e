/** The table that is printed at the end. */
import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

test('a row for each scenario in the order of their names, the sum of ours, and what it is compared with below', async () => {
  const ledger = await Ledger.create();
  await ledger.add({ scenario: 'shares', requests: 6_000, failed: 0, note: 'measured 20.0 %' });
  await ledger.add({ scenario: 'not ours', requests: 400, failed: 12, comparison: true });
  await ledger.add({ scenario: '20 promotions', requests: 22_798, failed: 1, wrong: 2, note: '205 a second' });
  expect((await ledger.close()).trim().split('\n')).toEqual([
    'scenario       requests  failed  wrong version',
    '20 promotions     22798       1              2  205 a second',
    'shares             6000       0              -  measured 20.0 %',
    'all               28798       1              2',
    'not ours            400      12              -',
  ]);
});
