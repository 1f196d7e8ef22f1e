/** What people install: it runs without the sources and without packages, and loads only what a command needs. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildExecutable } from '../../scripts/cli/executable.ts';
import { buildPackage } from '../../scripts/cli/package.ts';
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

/** What three commands say, of which each needs other parts. */
async function said([path, ...args]: readonly [string, ...string[]]): Promise<readonly string[]> {
  const connection = [`--kubeconfig=${join(folder, 'config')}`, '-n', 'shop'];
  await writeFile(join(folder, 'web.yaml'), 'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\n');
  return [
    await output(path, ...args, 'version', '--short'),
    await output(path, ...args, 'get', 'rollout', 'web', ...connection),
    await output(path, ...args, 'create', '-f', 'web.yaml', ...connection).catch((error: Error) => error.message),
  ];
}

const SAID = [
  `kubectl-argo-rollouts: v${VERSION}+serin\n`,
  expect.stringMatching(/^Status: +✔ Healthy$/m),
  expect.stringContaining('v1 Secret cannot be created'),
];

test('as modules', async () => {
  const modules = join(folder, 'modules');
  await buildPackage(modules);
  const main = join(modules, 'main.js');
  expect(await said([process.execPath, main])).toEqual(SAID);
  await expectPages([process.execPath, main]);
  const loaded = (await loadedAtOnce(main)).join('');
  expect(loaded).toContain('Steers Rollouts');
  // zod, client-node with its transport, and yaml are many times as much.
  expect(loaded.length).toBeLessThan(200_000);
});

test('as one executable file', async () => {
  const executable = join(folder, 'kubectl-serin');
  await buildExecutable(executable);
  expect(await said([executable])).toEqual(SAID);
  await expectPages([executable]);
});

/** The dashboard serves the pages that it carries. */
async function expectPages(command: readonly [string, ...string[]]): Promise<void> {
  const [page = ''] = await served(command, ['']);
  const [, script = ''] = /src="(assets\/[^"]+\.js)"/.exec(page) ?? [];
  const [code = ''] = await served(command, [script]);
  expect(code.length).toBeGreaterThan(10_000);
}

/** What its dashboard answers at paths below its root. */
async function served(
  [program, ...before]: readonly [string, ...string[]],
  paths: readonly string[],
): Promise<readonly string[]> {
  const args = [...before, 'dashboard', '--port', '0', `--kubeconfig=${join(folder, 'config')}`];
  const child = spawn(program, args, { cwd: folder, env: { HOME: folder }, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let printed = '';
    for await (const chunk of child.stderr) {
      printed += String(chunk);
      const [url] = /http:\S+/.exec(printed) ?? [];
      if (url === undefined || !printed.includes('\n')) continue;
      return await Promise.all(paths.map(async (path) => (await fetch(new URL(path, url))).text()));
    }
    throw new Error(`The dashboard ended: ${printed}`);
  } finally {
    child.kill();
  }
}

/** The texts of a module and of all that it requires without waiting for a command. */
async function loadedAtOnce(path: string, seen = new Set<string>()): Promise<readonly string[]> {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = await readFile(path, 'utf8');
  const imports = [...text.matchAll(/(?<!=>)require\("(\.[^"]+)"\)/g)].map(([, one = '']) =>
    resolve(dirname(path), one),
  );
  const further = await Promise.all(imports.map((one) => loadedAtOnce(one, seen)));
  return [text, ...further.flat()];
}
