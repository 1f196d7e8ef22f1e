/**
 * Enforces the import table of the architecture: imports go to a lower layer only, and folders of one
 * layer are strangers.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), '../src');

const LAYERS: Readonly<Record<string, number>> = {
  kube: 0,
  api: 1,
  telemetry: 1,
  core: 2,
  providers: 2,
  runtime: 2,
  controllers: 3,
  cli: 4,
  dashboard: 4,
};
/** `main.ts` and `config.ts` stand above all folders. */
const TOP = 5;

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g;

interface Place {
  readonly folder: string;
  readonly layer: number;
}

function placeOf(file: string): Place {
  const [folder = '', ...rest] = relative(SRC, file).split(sep);
  if (rest.length === 0) return { folder: '', layer: TOP };
  const layer = LAYERS[folder];
  if (layer === undefined) throw new Error(`src/${folder} is not in the table of layers`);
  return { folder, layer };
}

/** What is wrong with a file of `importer` importing `imported`, or `null`. */
function problemOf(importer: Place, imported: Place): string | null {
  if (importer.folder === imported.folder) return null;
  if (imported.layer < importer.layer) return null;
  return imported.layer === importer.layer ? 'a folder of the same layer' : 'a higher layer';
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(IMPORT)].map(([, path = '']) => resolve(dirname(file), path));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join(SRC, path));

describe('the table', () => {
  const place = (folder: string): Place => ({ folder, layer: LAYERS[folder] ?? TOP });

  test.each([
    ['runtime', 'kube', true],
    ['runtime', 'telemetry', true],
    ['controllers', 'runtime', true],
    ['', 'controllers', true],
    ['core', 'core', true],
    ['core', 'runtime', false],
    ['telemetry', 'api', false],
    ['kube', 'runtime', false],
    ['runtime', '', false],
  ])('src/%s may import src/%s: %s', (importer, imported, allowed) => {
    expect(problemOf(place(importer), place(imported)) === null).toBe(allowed);
  });
});

test('every import of src is found', () => {
  expect(importsOf(join(SRC, 'runtime/informer.ts')).map((path) => relative(SRC, path))).toContain('kube/objects.ts');
});

test.each(files.map((file) => [relative(SRC, file), file]))('%s imports lower layers only', (_name, file) => {
  const importer = placeOf(file);
  const problems = importsOf(file).flatMap((imported) => {
    const problem = problemOf(importer, placeOf(imported));
    return problem === null ? [] : [`${relative(SRC, imported)}: ${problem}`];
  });
  expect(problems).toEqual([]);
});
