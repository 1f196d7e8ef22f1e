/** Enforces the import table of the architecture, folder by folder. `npm run floors` draws it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILES, importsOf, problemOf } from '../scripts/floors.ts';

describe('the table', () => {
  test.each([
    ['runtime/a.ts', 'kube/b.ts', true],
    ['runtime/a.ts', 'telemetry/b.ts', true],
    ['controllers/rollout/a.ts', 'runtime/b.ts', true],
    ['main.ts', 'controllers/rollout/b.ts', true],
    ['main.ts', 'config.ts', true],
    ['core/rollout/a.ts', 'core/rollout/b.ts', true],
    ['core/rollout/a.ts', 'runtime/b.ts', false],
    ['telemetry/a.ts', 'api/words/b.ts', false],
    ['kube/a.ts', 'runtime/b.ts', false],
    ['runtime/a.ts', 'config.ts', false],
    ['core/report/a.ts', 'core/strategies/canary/b.ts', true],
    ['core/strategies/canary/a.ts', 'core/report/b.ts', false],
    ['core/view/a.ts', 'core/rollout/b.ts', true],
    ['core/rollout/a.ts', 'core/view/b.ts', false],
    ['cli/a.ts', 'core/view/b.ts', true],
    ['cli/a.ts', 'runtime/b.ts', true],
    ['cli/a.ts', 'version.ts', true],
    ['cli/a.ts', 'controllers/b.ts', false],
    ['cli/a.ts', 'dashboard/b.ts', true],
    ['cli/a.ts', 'clients/b.ts', true],
    ['dashboard/a.ts', 'clients/b.ts', true],
    ['dashboard/a.ts', 'cli/b.ts', false],
    ['dashboard/page/list/a.tsx', 'dashboard/wire.ts', true],
    ['dashboard/page/list/a.tsx', 'dashboard/page/rollout/b.tsx', false],
    ['dashboard/page/browser/a.ts', 'dashboard/page/parts/b.tsx', false],
    ['dashboard/page/app.tsx', 'dashboard/page/list/b.tsx', true],
    ['dashboard/page/a.tsx', 'dashboard/server/b.ts', false],
    ['clients/a.ts', 'core/view/b.ts', true],
    ['clients/a.ts', 'cli/b.ts', false],
    ['cli/a.ts', 'convert/b.ts', true],
    ['convert/a.ts', 'api/validation/b.ts', true],
    ['convert/a.ts', 'runtime/b.ts', true],
    ['convert/kruise/a.ts', 'convert/flagger/b.ts', false],
    ['controllers/a.ts', 'cli/b.ts', false],
    ['core/traffic/routers.ts', 'core/traffic/nginx/b.ts', true],
    ['core/traffic/nginx/a.ts', 'core/traffic/router.ts', true],
    ['core/traffic/nginx/a.ts', 'core/traffic/routers.ts', false],
    ['core/traffic/router.ts', 'core/traffic/nginx/b.ts', false],
    ['core/strategies/canary/a.ts', 'core/strategies/blue-green/b.ts', false],
    ['api/words/a.ts', 'api/schema/b.ts', false],
    ['api/validation/a.ts', 'api/words/b.ts', true],
  ])('src/%s may import src/%s: %s', (importer, imported, allowed) => {
    expect(problemOf(importer, imported) === null).toBe(allowed);
  });
});

/** What belongs to one router, by the files that may name it beside the API and what is common to all of Kubernetes. */
const ROUTER_WORDS = /nginx|ingress/i;
const KNOW_ROUTERS = [/^core\/traffic\//, /^controllers\/(?:caches|trim-ingress)\.ts$/];

test.each(FILES.filter((file) => /^(?:core|controllers)\//.test(file) && !KNOW_ROUTERS.some((one) => one.test(file))))(
  '%s names no router and nothing that belongs to one',
  (file) => {
    expect(ROUTER_WORDS.exec(readFileSync(join(import.meta.dirname, '../src', file), 'utf8'))).toBeNull();
  },
);

test('every import of src is found', () => {
  expect(importsOf('runtime/informer.ts')).toContain('kube/objects.ts');
});

test.each(FILES)('%s imports lower floors only', (file) => {
  const problems = importsOf(file).flatMap((imported) => {
    const problem = problemOf(file, imported);
    return problem === null ? [] : [`${imported}: ${problem}`];
  });
  expect(problems).toEqual([]);
});
