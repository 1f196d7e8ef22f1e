/** The table of files and proxies in docs/testing.md: a run replaces the rows of what it has measured. */
import type { FileTotal } from './ledger.ts';
import { readSection, rowsOf, table, writeSection } from './page.ts';

const SECTION = { page: 'docs/testing.md', name: 'traffic' };
const HEAD = ['file', 'through', 'extent', 'scenarios', 'requests', 'failed', 'wrong version'];

type Row = readonly string[];

interface Run {
  readonly proxy: string;
  readonly extent: string;
}

export async function writeMeasured(totals: readonly FileTotal[], run: Run): Promise<void> {
  const former = rowsOf(await readSection(SECTION));
  await writeSection(SECTION, table(HEAD, mergedRows(former, totals, run)));
}

export function mergedRows(
  former: readonly Row[],
  totals: readonly FileTotal[],
  { proxy, extent }: Run,
): readonly Row[] {
  const rows = totals.map(({ file, scenarios, requests, failed, wrong }): Row => {
    return [file, proxy, extent, ...[scenarios, requests, failed, wrong].map(String)];
  });
  const isSame = (one: Row, other: Row): boolean => one[0] === other[0] && one[1] === other[1];
  const kept = former.filter((one) => !rows.some((row) => isSame(row, one)));
  return [...kept, ...rows].toSorted((a, b) => keyOf(a).localeCompare(keyOf(b), 'en'));
}

function keyOf([file, proxy]: Row): string {
  return `${file} ${proxy}`;
}
