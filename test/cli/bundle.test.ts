/** What people install: it runs without the sources and without packages, and loads only what a command needs. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleModules } from '../../scripts/cli/bundle.ts';
import { buildExecutable } from '../../scripts/cli/executable.ts';
import { VERSION } from '../../src/version.ts';
import { rollout } from '../api/sample-rollout.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';

const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';

let folder: string;
let server: FakeApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-bundle-'));
  server = await FakeApiServer.start();
  await writeFile(join(folder, 'config'), server.kubeConfig().exportConfig());
  server.put(ROLLOUT, { spec: rollout().spec, status: { phase: 'Healthy' } });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** In an empty environment, outside of the repository. */
async function output(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder, env: { HOME: folder } });
  return stdout;
}

async function works(program: readonly [string, ...string[]]): Promise<void> {
  const [path, ...args] = program;
  const connection = [`--kubeconfig=${join(folder, 'config')}`, '-n', 'shop'];
  expect(await output(path, ...args, 'version', '--short')).toBe(`kubectl-argo-rollouts: v${VERSION}+serin\n`);
  expect(await output(path, ...args, 'get', 'rollout', 'web', ...connection)).toMatch(/^Status: +✔ Healthy$/m);
  await writeFile(join(folder, 'web.yaml'), 'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\n');
  const refused = output(path, ...args, 'create', '-f', 'web.yaml', ...connection);
  await expect(refused).rejects.toThrow('v1 Secret cannot be created');
}

/** A busy machine takes a minute for a build of a second. */
const LIMIT_MS = 240_000;

test('as modules', { timeout: LIMIT_MS }, async () => {
  const modules = join(folder, 'modules');
  await bundleModules(modules);
  await writeFile(join(modules, 'package.json'), '{ "type": "module" }');
  const main = join(modules, 'main.js');
  await works([process.execPath, main]);
  const loaded = await loadedAtOnce(main);
  expect(loaded.length).toBeGreaterThan(1);
  // zod, client-node with its transport, and yaml are many times as much.
  expect(loaded.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(200_000);
});

test('as one executable file', { timeout: LIMIT_MS }, async () => {
  const executable = join(folder, 'kubectl-serin');
  await buildExecutable(executable);
  await works([executable]);
});

/** The texts of a module and of all that it imports without waiting for a command. */
async function loadedAtOnce(path: string, seen = new Set<string>()): Promise<readonly string[]> {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = await readFile(path, 'utf8');
  const imports = [...text.matchAll(/(?:from|import)"(\.[^"]+)"/g)].map(([, one = '']) => resolve(dirname(path), one));
  const further = await Promise.all(imports.map((one) => loadedAtOnce(one, seen)));
  return [text, ...further.flat()];
}
