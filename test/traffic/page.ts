/** Pages of docs/ with sections that tests write: what stands between two comments is replaced. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../testbed/cluster/repository.ts';

export interface Section {
  /** Path below the repository. */
  readonly page: string;
  /** In `<!-- measured: NAME -->` and `<!-- end of NAME -->`. */
  readonly name: string;
}

/** Markdown as prettier leaves it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** The cells of the rows below a head, as {@link table} writes them without a `|` in a cell. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '));
}

export async function readSection(section: Section): Promise<string> {
  const { text, from, to } = await find(section);
  return text.slice(from, to).trim();
}

export async function writeSection(section: Section, content: string): Promise<void> {
  const { path, text, from, to } = await find(section);
  await writeFile(path, `${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`);
}

/** From the end of the first comment to the begin of the second one. */
async function find({ page, name }: Section) {
  const path = join(REPOSITORY, page);
  const text = await readFile(path, 'utf8');
  const begin = `<!-- measured: ${name} -->`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(`<!-- end of ${name} -->`);
  if (from < begin.length || to < from) throw new Error(`${page} has no place for ${name}`);
  return { path, text, from, to };
}
