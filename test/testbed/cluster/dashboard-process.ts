/** Runs the dashboard's server as a process of its own, bundled as in the image. It ends with the control plane at the latest. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { bundleModules } from '../../../scripts/cli/bundle.ts';
import type { Component } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './repository.ts';
import { waitFor } from './wait.ts';

/** As deploy/dashboard has them. */
const NODE_FLAGS = ['--max-semi-space-size=2', '--optimize-for-size'];

export interface DashboardProcess {
  /** For a browser; ends in a slash. */
  readonly url: string;
  readonly component: Component;
}

/** People sign in with tokens, on a free port of loopback. Resolves when it listens. */
export async function startDashboardProcess(
  plane: ControlPlane,
  flags: readonly string[] = [],
): Promise<DashboardProcess> {
  const folder = await mkdtemp(join(plane.scratch, 'dashboard-'));
  await bundleModules(folder);
  const component = await plane.spawn({
    // A log of its own: the address is read from it.
    name: basename(folder),
    command: process.execPath,
    args: [
      ...NODE_FLAGS,
      join(folder, 'main.js'),
      'dashboard',
      '--port=0',
      '--sign-in=token',
      `--server=${plane.server}`,
      `--certificate-authority=${plane.caFile}`,
      `--pages=${join(REPOSITORY, 'dist', 'dashboard')}`,
      ...flags,
    ],
    cwd: REPOSITORY,
    // Nothing of the test runner's environment reaches it.
    env: {
      PATH: process.env.PATH,
      HOME: plane.scratch,
      MALLOC_ARENA_MAX: '1',
    },
  });
  const url = await waitFor(
    async () => {
      if (component.exit !== undefined) throw new Error(component.obituary());
      return /The dashboard is at (\S+)/.exec(await readFile(component.logPath, 'utf8'))?.[1] ?? '';
    },
    { what: 'the dashboard to listen', until: (found) => found !== '' },
  );
  return { url, component };
}
