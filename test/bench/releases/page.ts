/**
 * The tables of docs/performance.md, made of the results that are kept beside this file: one for each number of Rollouts.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../../testbed/cluster/repository.ts';
import type { ReleaseBench } from './bench.ts';
import type { Traffic } from './byte-counter.ts';
import { FIGURES, type Figures, type Target, targetOf } from './figures.ts';
import { ratio, SERIN } from './ratios.ts';

const RESULTS = join(import.meta.dirname, 'results');
const PAGE = join(REPOSITORY, 'docs', 'performance.md');
const BEGIN = '<!-- What `npm run bench -- --write` writes begins here. -->';
const END = '<!-- What it writes ends here. -->';

/** Keeps the result, in the place of an earlier one with as many Rollouts, and writes the tables of all into the page. */
export async function writePage(result: ReleaseBench): Promise<void> {
  await writeFile(join(RESULTS, `${result.rollouts}.json`), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(PAGE, await pageWithResults());
}

/** The page as it has to be for the results that are kept. */
export async function pageWithResults(): Promise<string> {
  const files = (await readdir(RESULTS)).filter((file) => file.endsWith('.json'));
  const results = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(RESULTS, file), 'utf8')) as ReleaseBench),
  );
  const sections = results.toSorted((a, b) => a.rollouts - b.rollouts).map(section);
  return replaced(await readFile(PAGE, 'utf8'), sections.join('\n'));
}

/** The text between the two marks is `written` afterwards. Throws when they are not there. */
export function replaced(page: string, written: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the page has no lines \`${BEGIN}\` and \`${END}\``);
  const between = written === '' ? '' : `${written.trimEnd()}\n\n`;
  return `${page.slice(0, begin)}${BEGIN}\n\n${between}${page.slice(end)}`;
}

/** A heading, how it was measured, and the table. */
export function section(result: ReleaseBench): string {
  const { rollouts, pods, rounds, machine, load, othersPercent, floor, contenders, traffic } = result;
  const kubelet = result.lightKubelet === true ? ' Pods were only marked ready.' : '';
  const times = rounds === 1 ? 'once' : `${rounds} times, in turning order; the figures are the medians`;
  const floorText =
    floor === undefined
      ? 'The floor was not measured.'
      : `The control plane alone needs ${floor.creation} s for the objects of the creation, and ${floor.burst} s for those of the burst. ` +
        `The process that only writes them takes ${floor.cpu} s of CPU for both.`;
  return [
    `### ${rollouts.toLocaleString('en')} Rollouts, ${pods === 1 ? 'a pod' : `${pods} pods`} each`,
    '',
    `${machine}. Each was measured ${times}.${kubelet} Between ${load[0]} and ${load[1]} processes wanted to run; ` +
      `${othersPercent} % of the processors' time went to processes that have nothing to do with the bench. ${floorText}`,
    '',
    ...table(contenders, rollouts),
    '',
    'One release, requests and KiB sent and received:',
    '',
    ...trafficTable(traffic),
    '',
  ].join('\n');
}

/** The first one that was measured is compared with the others. */
const TITLES: Readonly<Record<string, string>> = { [SERIN]: 'now', before: 'before', peer: 'Argo Rollouts' };

/** What takes the most bytes first. */
function trafficTable(traffic: ReleaseBench['traffic']): readonly string[] {
  const names = Object.keys(TITLES).filter((name) => traffic[name] !== undefined);
  const bytesOf = ({ sentBytes, receivedBytes }: Traffic) => sentBytes + receivedBytes;
  const most = (kind: string) => Math.max(...names.map((name) => bytesOf(traffic[name]?.[kind] ?? NOTHING)));
  const kinds = [...new Set(names.flatMap((name) => Object.keys(traffic[name] ?? {})))];
  const cellsOf = ({ requests, sentBytes, receivedBytes }: Traffic) =>
    [requests, kibibytes(sentBytes), kibibytes(receivedBytes)].map(String);
  const rows = kinds
    .filter((kind) => most(kind) >= LEAST_BYTES)
    .toSorted((a, b) => most(b) - most(a))
    .map((kind) => [kind, ...names.flatMap((name) => cellsOf(traffic[name]?.[kind] ?? NOTHING))]);
  const sum = names.flatMap((name) => cellsOf(Object.values(traffic[name] ?? {}).reduce(plus, NOTHING)));
  const head = ['request', ...names.flatMap((name) => [TITLES[name] ?? name, 'sent', 'received'])];
  return markdown(head, [...rows, ['all', ...sum]]);
}

/** The bookmarks of a watch are not worth a line. */
const LEAST_BYTES = 200;

const NOTHING: Traffic = { requests: 0, sentBytes: 0, receivedBytes: 0 };

function plus(one: Traffic, other: Traffic): Traffic {
  return {
    requests: one.requests + other.requests,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedBytes: one.receivedBytes + other.receivedBytes,
  };
}

function kibibytes(bytes: number): number {
  return Number((bytes / 1024).toFixed(1));
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)];
}

function table(contenders: Readonly<Record<string, Figures>>, rollouts: number): readonly string[] {
  const [subject = SERIN, ...others] = Object.keys(TITLES).filter((name) => contenders[name] !== undefined);
  const now = contenders[subject] ?? {};
  const head = [
    'what',
    TITLES[subject] ?? subject,
    ...others.flatMap((name) => [TITLES[name] ?? name, 'ratio']),
    'target',
    'reached',
  ];
  const rows = FIGURES.flatMap((figure) => {
    const mine = now[figure.name];
    if (mine === undefined) return [];
    const compared = others.flatMap((name) => {
      const its = contenders[name]?.[figure.name];
      return its === undefined ? ['', ''] : [numberText(its), String(ratio(mine, its) ?? '')];
    });
    const target = targetOf(figure, rollouts);
    const reached = target === undefined ? '' : reachedText(target, mine, contenders['peer']?.[figure.name]);
    return [[figure.name, numberText(mine), ...compared, targetText(target), reached]];
  });
  return markdown(head, rows);
}

function targetText(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'limit' in target ? `≤ ${target.limit}` : `ratio ≤ ${Number(target.ratio.toFixed(3))}`;
}

/** Empty when it cannot be told, without a peer in the run. */
function reachedText(target: Target, mine: number, peer: number | undefined): string {
  if ('limit' in target) return mine <= target.limit ? 'yes' : 'no';
  if (peer === undefined) return '';
  return mine <= peer * target.ratio ? 'yes' : 'no';
}

function numberText(number: number): string {
  return number >= 100 ? Math.round(number).toLocaleString('en') : String(number);
}
