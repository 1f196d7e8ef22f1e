/**
 * Files of at most 300 lines, functions of at most 60, and no clock, chance, I/O or timer in the core. What is still
 * larger is listed by name: the list can only shrink.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');

/** Files, each with the rule that it breaks. One that breaks none any more has to leave the list. */
const EXCEPTIONS: readonly string[] = [
  // Generated.
  'src/kube/pod-template-types.ts: max-lines',
];

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/** The files below `folders` that break a rule, as in {@link EXCEPTIONS}. */
async function untidy(root: string, folders: readonly string[]): Promise<readonly string[]> {
  const config = join(import.meta.dirname, 'tidy.oxlintrc.json');
  const args = [join(REPOSITORY, 'node_modules/oxlint/bin/oxlint'), '-c', config, '-f', 'json', ...folders];
  const run = promisify(execFile)(process.execPath, args, { cwd: root });
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout) as Report;
  const found = diagnostics.map(({ code, filename }) => {
    const [, rule = code] = /\((.*)\)/.exec(code) ?? [];
    return `${filename}: ${rule}`;
  });
  return [...new Set(found)].toSorted();
}

test('files and functions are short, and the core is pure', async () => {
  expect(await untidy(REPOSITORY, ['src', 'scripts', 'examples'])).toEqual(EXCEPTIONS.toSorted());
});

test('each rule finds what breaks it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'serin-tidy-'));
  const core = join(root, 'src/core');
  const long = (lines: number, line: string): string => `${line}\n`.repeat(lines);
  try {
    await mkdir(core, { recursive: true });
    await writeFile(join(root, 'src/long.ts'), long(301, 'export {};'));
    await writeFile(join(root, 'src/long-function.ts'), `export function f() {\n${long(60, '  f();')}}\n`);
    await writeFile(join(core, 'clock.ts'), 'export const now = () => Date.now();\n');
    await writeFile(join(core, 'chance.ts'), 'export const draw = () => Math.random();\n');
    await writeFile(join(core, 'timer.ts'), 'export const later = (f: () => void) => setTimeout(f, 1);\n');
    await writeFile(join(core, 'files.ts'), "export { readFileSync } from 'node:fs';\nimport 'node:os';\n");
    await writeFile(join(root, 'src/clock.ts'), 'export const now = () => Date.now();\n');
    expect(await untidy(root, ['src'])).toEqual([
      'src/core/chance.ts: no-restricted-properties',
      'src/core/clock.ts: no-restricted-properties',
      'src/core/files.ts: no-restricted-imports',
      'src/core/timer.ts: no-restricted-globals',
      'src/long-function.ts: max-lines-per-function',
      'src/long.ts: max-lines',
    ]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.each(['.ci', 'crds', 'deploy', 'docs', 'examples', 'findings', 'scripts', 'src', 'test'])(
  'no file of %s holds the marks of a merge that was not finished',
  async (folder) => {
    const entries = await readdir(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const marked = await Promise.all(
      files.map(async (file) => (/^(?:<{7}|>{7}) /m.test(await readFile(file, 'utf8')) ? [file] : [])),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(marked.flat()).toEqual([]);
  },
);
