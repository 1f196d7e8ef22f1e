/**
 * The package of the command line, built as people install it and run by each of its names, far from the modules of the
 * repository; and the completion scripts, in the real shells. bash is everywhere; zsh and fish take part where they are
 * installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage } from '../../scripts/cli/package.ts';
import { rollout } from '../api/sample-rollout.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { firstExecutable } from '../testbed/cluster/go-binaries.ts';

const FOLDERS = (process.env['PATH'] ?? '').split(delimiter);
const FISH = await firstExecutable(FOLDERS, 'fish');
const ZSH = await firstExecutable(FOLDERS, 'zsh');

let home: string;
let names: readonly string[];
let server: FakeApiServer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'serin-package-'));
  await buildPackage(join(home, 'package'));
  const { bin } = JSON.parse(await readFile(join(home, 'package', 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  names = Object.keys(bin);
  // As npm does it.
  await mkdir(join(home, 'bin'));
  for (const [name, file] of Object.entries(bin)) await symlink(join('../package', file), join(home, 'bin', name));
  server = await FakeApiServer.start();
  const { spec } = rollout();
  server.put('/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web', { spec, status: { phase: 'Healthy' } });
  await writeFile(join(home, 'config'), server.kubeConfig().exportConfig());
  await writeFile(join(home, 'rollout.yaml'), '');
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

/** What it prints; the programs of the package are on its path. */
async function printed(program: string, ...args: readonly string[]): Promise<string> {
  const path = [join(home, 'bin'), dirname(process.execPath), ...FOLDERS].join(delimiter);
  const env = { PATH: path, HOME: home, KUBECONFIG: join(home, 'config') };
  const { stdout } = await promisify(execFile)(program, [...args], { cwd: home, env });
  return stdout;
}

test('it has the two plugins, and for each the program that kubectl completes its words with', () => {
  expect(names.toSorted()).toEqual([
    'kubectl-argo-rollouts',
    'kubectl-serin',
    'kubectl_complete-argo-rollouts',
    'kubectl_complete-serin',
  ]);
});

test.each([
  { name: 'kubectl-argo-rollouts', usage: 'kubectl argo rollouts' },
  { name: 'kubectl-serin', usage: 'kubectl serin' },
])('$name runs, and names itself as people call it', async ({ name, usage }) => {
  expect(await printed(name, '--help')).toMatch(new RegExp(`^Usage: ${usage} `));
  expect(await printed(name, 'get', 'rollout', 'web', '-n', 'shop')).toMatch(/^Name: +web\nNamespace: +shop\n/);
});

test.each(['kubectl_complete-argo-rollouts', 'kubectl_complete-serin'])('%s completes', async (name) => {
  expect(await printed(name, 'promote', '-n', 'shop', '')).toBe('web\n:4\n');
});

interface Shell {
  readonly name: string;
  /** Prints what the shell offers behind a line, one to a line. */
  readonly offered: (line: string) => Promise<string>;
}

const BASH: Shell = {
  name: 'bash',
  offered: async (line) => {
    const script = `
      source <(kubectl-argo-rollouts completion bash)
      COMP_LINE=$1 COMP_POINT=\${#1}
      _kubectl_argo_rollouts "\${1%% *}"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return printed('bash', '--norc', '-c', script, 'bash', line);
  },
};

function fish(path: string): Shell {
  const script = 'kubectl-argo-rollouts completion fish | source; complete --do-complete $argv[1]';
  return {
    name: 'fish',
    offered: async (line) => (await printed(path, '--no-config', '-c', script, line)).replaceAll(/\t.*/g, ''),
  };
}

describe.each([BASH, ...(FISH === undefined ? [] : [fish(FISH)])])('$name offers', ({ name, offered }) => {
  test.each([
    { line: 'kubectl-argo-rollouts pro', words: ['promote'] },
    { line: 'kubectl-serin get ', words: ['experiment', 'rollout'] },
    { line: 'kubectl-argo-rollouts -n shop promote ', words: ['web'] },
    { line: 'kubectl-serin promote web ', words: [] },
  ])('"$line"', async ({ line, words }) => {
    expect((await offered(line)).split('\n').filter((word) => word !== '')).toEqual(words);
  });

  test('the values of an option behind its equals sign', async () => {
    // bash completes the word behind the sign, fish all of it.
    const word = name === 'bash' ? 'json' : '--output=json';
    expect(await offered('kubectl-serin get ro web --output=j')).toBe(`${word}\n`);
  });
});

test.each(FISH === undefined ? [] : [fish(FISH)])('fish offers files where one may be named', async ({ offered }) => {
  expect(await offered('kubectl-serin lint -f rol')).toBe('rollout.yaml\n');
});

test.each(ZSH === undefined ? [] : [ZSH])('zsh understands its script', async (zsh) => {
  const script = 'kubectl-argo-rollouts completion zsh > script && zsh --no-exec script && echo understood';
  expect(await printed(zsh, '-f', '-c', script)).toBe('understood\n');
});
