/**
 * The floors of `src`: which folder may import which. Imports point down, and folders of one floor do not import each
 * other.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const SRC = resolve(import.meta.dirname, '../src');

/**
 * Every folder of `src`, by the folder that it lies in: from the lowest floor up, side by side where they share one.
 * `*` stands for the files of the folder itself that are not named.
 */
export const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '': [
    ['kube', 'version.ts'],
    ['api', 'telemetry'],
    ['core', 'runtime'],
    ['providers', 'planning', 'convert', 'recording'],
    ['clients', 'notifications'],
    ['dashboard'],
    ['controllers', 'cli'],
    ['*'],
  ],
  api: [['words'], ['schema'], ['validation', 'definitions', '*']],
  core: [
    ['observed'],
    ['analysis'],
    ['experiment'],
    ['acts'],
    ['traffic'],
    ['strategies'],
    ['report'],
    ['rollout'],
    ['view'],
  ],
  'api/definitions': [['snapshot'], ['*']],
  'core/analysis': [['pattern.ts', 'metric-value.ts'], ['expressions'], ['*']],
  'core/analysis/expressions': [['go'], ['time', 'syntax'], ['operations'], ['builtins'], ['check'], ['run'], ['*']],
  'core/traffic': [['*'], ['nginx', 'gateway', 'istio', 'traefik'], ['routers.ts']],
  'core/strategies': [['*'], ['canary', 'blue-green'], ['strategies.ts']],
  providers: [
    ['http'],
    ['authentication'],
    ['*'],
    ['cloud-watch', 'datadog', 'influxdb', 'job', 'kayenta', 'prometheus'],
    ['providers.ts'],
  ],
  cli: [
    ['print'],
    ['*'],
    ['watch', 'lint'],
    ['commands'],
    ['registry.ts', 'parser.ts', 'complete.ts', 'run.ts', 'run-process.ts', 'main.ts', 'executable-main.ts'],
  ],
  notifications: [['template', 'names.ts'], ['*']],
  'notifications/template': [['values'], ['syntax'], ['functions'], ['run'], ['*']],
  dashboard: [['*'], ['server', 'page']],
  'dashboard/page': [['words'], ['browser'], ['parts'], ['list', 'rollout', 'plan', 'sign-in'], ['*']],
  convert: [['*'], ['deployment'], ['kruise', 'flagger'], ['convert.ts']],
  planning: [['model'], ['*']],
  controllers: [['*'], ['rollout', 'analysis-run', 'experiment']],
};

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g;

/** The floor of a file or a folder within the folder `parent`. */
function floorOf(parent: string, name: string): number {
  const floors = FLOORS[parent] ?? [];
  const named = floors.findIndex((floor) => floor.includes(name));
  const floor = named === -1 && isFile(name) ? floors.findIndex((one) => one.includes('*')) : named;
  if (floor === -1) throw new Error(`src/${join(parent, name)} is not in the table of floors`);
  return floor;
}

/** What is wrong with one file of `src` importing another, or `null`. Both are paths below `src`. */
export function problemOf(importer: string, imported: string): string | null {
  const from = importer.split(sep);
  const to = imported.split(sep);
  let depth = 0;
  while (from[depth] === to[depth]) depth++;
  const parent = from.slice(0, depth).join(sep);
  const [here = '', there = ''] = [from[depth], to[depth]];
  if (isFile(here) && isFile(there)) return null;
  const [floor, other] = [floorOf(parent, here), floorOf(parent, there)];
  if (other < floor) return null;
  return other === floor ? 'a folder of the same floor' : 'a higher floor';
}

/** What a file of `src` imports of `src`. */
export function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, path = '']) => relative(SRC, resolve(SRC, dirname(file), path)));
}

/** Every TypeScript file below `src`. */
export const FILES: readonly string[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(isFile);

function isFile(path: string): boolean {
  return path.endsWith('.ts') || path.endsWith('.tsx');
}
