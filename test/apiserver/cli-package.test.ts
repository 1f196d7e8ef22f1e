/** The command line as npm installs it from its archive: kubectl finds both plugins, and completes their words. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject } from 'vitest';
import { buildPackage } from '../../scripts/cli/package.ts';
import { basicRollout } from './manifests.ts';
import { test } from './session.ts';

test('npm installs it, and kubectl runs it', async ({ session }) => {
  const { kubectl, kubeconfig, home } = inject('sharedCluster');
  const folder = await mkdtemp(join(tmpdir(), 'serin-install-'));
  const bin = join(folder, 'prefix', 'bin');
  const path = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { PATH: path, HOME: home, KUBECONFIG: kubeconfig };
  const printed = async (program: string, ...args: readonly string[]) =>
    (await promisify(execFile)(program, [...args], { cwd: folder, env })).stdout;
  try {
    await buildPackage(join(folder, 'package'));
    const archive = (await printed('npm', 'pack', '--silent', './package')).trim();
    // It depends on nothing, so that nothing is downloaded.
    await printed('npm', 'install', '--global', '--offline', '--prefix', join(folder, 'prefix'), `./${archive}`);
    expect(await readdir(join(folder, 'prefix', 'lib', 'node_modules'))).toEqual(['kubectl-serin']);

    expect(await printed(kubectl, 'plugin', 'list', '--name-only')).toMatch(
      /^kubectl-argo-rollouts\n(?:.*\n)*kubectl-serin$/m,
    );
    await session.apply(basicRollout());
    await session.until('web', { phase: 'Healthy' });
    const { namespace } = session;
    for (const words of [['argo', 'rollouts'], ['serin']]) {
      expect(await printed(kubectl, ...words, 'status', 'web', '-n', namespace)).toBe('Healthy\n');
      // What the completion scripts of kubectl ask it.
      const offered = await printed(kubectl, '__complete', ...words, 'promote', '-n', namespace, '');
      expect(offered).toBe('web\n:4\n');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
