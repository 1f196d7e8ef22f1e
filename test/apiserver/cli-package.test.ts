/** The command line as people install it, from its archive and as one file: kubectl finds both plugins, and completes their words. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject } from 'vitest';
import { buildExecutable } from '../../scripts/cli/executable.ts';
import { buildPackage } from '../../scripts/cli/package.ts';
import { basicRollout } from './manifests.ts';
import { test, type Session } from './session.ts';

class Installation implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async begin(): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), 'serin-install-')));
  }

  /** The programs are found here. */
  get bin(): string {
    return join(this.folder, 'prefix', 'bin');
  }

  /** What a program prints that succeeds. */
  async printed(program: string, ...args: readonly string[]): Promise<string> {
    const { kubeconfig, home } = inject('sharedCluster');
    const path = [this.bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
    const env = { PATH: path, HOME: home, KUBECONFIG: kubeconfig };
    return (await promisify(execFile)(program, [...args], { cwd: this.folder, env })).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

async function expectPlugins(installed: Installation, { namespace }: Session): Promise<void> {
  const { kubectl } = inject('sharedCluster');
  const plugins = (await installed.printed(kubectl, 'plugin', 'list', '--name-only')).split('\n');
  expect(plugins).toEqual(expect.arrayContaining(['kubectl-argo-rollouts', 'kubectl-serin']));
  for (const words of [['argo', 'rollouts'], ['serin']]) {
    expect(await installed.printed(kubectl, ...words, '--help')).toMatch(`Usage: kubectl ${words.join(' ')} `);
    expect(await installed.printed(kubectl, ...words, 'status', 'web', '-n', namespace)).toBe('Healthy\n');
    expect(await installed.printed(kubectl, ...words, 'get', 'ro', 'web', '-n', namespace)).toMatch(
      /^⟳ web +Rollout +✔ /m,
    );
    // What the completion scripts of kubectl ask it.
    const offered = await installed.printed(kubectl, '__complete', ...words, 'promote', '-n', namespace, '');
    expect(offered).toBe('web\n:4\n');
  }
}

async function healthy(session: Session): Promise<void> {
  await session.apply(basicRollout());
  await session.until('web', { phase: 'Healthy' });
}

test('npm installs the archive, which depends on nothing', async ({ session }) => {
  await using installed = await Installation.begin();
  const { folder } = installed;
  await buildPackage(join(folder, 'package'));
  const archive = (await installed.printed('npm', 'pack', '--silent', './package')).trim();
  const prefix = join(folder, 'prefix');
  await installed.printed('npm', 'install', '--global', '--offline', '--prefix', prefix, `./${archive}`);
  expect(await readdir(join(prefix, 'lib', 'node_modules'))).toEqual(['kubectl-serin']);
  await healthy(session);
  await expectPlugins(installed, session);
});

test('the executable is copied and linked under all of its names', async ({ session }) => {
  await using installed = await Installation.begin();
  const { folder, bin } = installed;
  await mkdir(bin, { recursive: true });
  await buildExecutable(join(folder, 'kubectl-serin'));
  await copyFile(join(folder, 'kubectl-serin'), join(bin, 'kubectl-serin'));
  await copyFile(join(folder, 'kubectl-serin'), join(bin, 'kubectl-argo-rollouts'));
  for (const name of ['serin', 'argo-rollouts']) await symlink('kubectl-serin', join(bin, `kubectl_complete-${name}`));
  await healthy(session);
  await expectPlugins(installed, session);
});
