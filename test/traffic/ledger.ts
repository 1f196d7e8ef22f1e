/** What each scenario measured, kept in a file because tests and the one who prints it are different processes. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface LedgerEntry {
  readonly scenario: string;
  readonly requests: number;
  readonly failed: number;
  /** Answers from a version that should not have answered then; undefined when nothing was to be asked about it. */
  readonly wrong?: number;
  /** What else is worth knowing, in a few words. */
  readonly note?: string;
  /** Measured without a Rollout, to compare with: a line below the sum, and no part of it. */
  readonly comparison?: true;
}

interface StoredEntry extends LedgerEntry {
  readonly file: string;
}

/** What the scenarios of one file measured together, comparisons left out. */
export interface FileTotal {
  /** `releases`. */
  readonly file: string;
  readonly scenarios: number;
  readonly requests: number;
  readonly failed: number;
  readonly wrong: number;
}

export class Ledger {
  readonly path: string;
  readonly #file: string;

  /** `testPath` is the file of the tests that make entries. */
  constructor(path: string, testPath = '') {
    this.path = path;
    this.#file = basename(testPath, '.test.ts');
  }

  static async create(): Promise<Ledger> {
    const path = join(await mkdtemp(join(tmpdir(), 'serin-traffic-')), 'ledger.jsonl');
    await writeFile(path, '');
    return new Ledger(path);
  }

  async add(entry: LedgerEntry): Promise<void> {
    const stored: StoredEntry = { ...entry, file: this.#file };
    await appendFile(this.path, `${JSON.stringify(stored)}\n`);
  }

  /** The table of everything that was added, and its sums by file; nothing is left on disk. */
  async close(): Promise<{ readonly table: string; readonly files: readonly FileTotal[] }> {
    const lines = (await readFile(this.path, 'utf8')).split('\n').filter((line) => line !== '');
    await rm(dirname(this.path), { recursive: true });
    const entries = lines.map((line) => JSON.parse(line) as StoredEntry);
    return { table: tableOf(entries), files: totalsOf(entries) };
  }
}

function totalsOf(entries: readonly StoredEntry[]): readonly FileTotal[] {
  const files = [...new Set(entries.map(({ file }) => file))].toSorted();
  return files.flatMap((file) => {
    const own = entries.filter((one) => one.file === file && one.comparison !== true);
    return own.length === 0 ? [] : [{ file, scenarios: own.length, ...sumsOf(own) }];
  });
}

function tableOf(entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return '';
  // Cases end in any order.
  const sorted = entries.toSorted((a, b) => a.scenario.localeCompare(b.scenario, 'en', { numeric: true }));
  const ours = sorted.filter(({ comparison = false }) => !comparison);
  const total: LedgerEntry = { scenario: 'all', ...sumsOf(ours) };
  const rows = [
    ['scenario', 'requests', 'failed', 'wrong version', ''],
    ...[...ours, total, ...sorted.filter((one) => !ours.includes(one))].map(
      ({ scenario, requests, failed, wrong, note = '' }) => [
        scenario,
        String(requests),
        String(failed),
        wrong === undefined ? '-' : String(wrong),
        note,
      ],
    ),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([scenario = '', ...cells]) => {
    const numbers = cells.slice(0, 3).map((cell, index) => cell.padStart(widths[index + 1] ?? 0));
    return [scenario.padEnd(widths[0] ?? 0), ...numbers, cells[3]].join('  ').trimEnd();
  });
  return `\n${lines.join('\n')}\n\n`;
}

function sumsOf(entries: readonly LedgerEntry[]): Pick<FileTotal, 'requests' | 'failed' | 'wrong'> {
  return {
    requests: sum(entries.map(({ requests }) => requests)),
    failed: sum(entries.map(({ failed }) => failed)),
    wrong: sum(entries.map(({ wrong = 0 }) => wrong)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
