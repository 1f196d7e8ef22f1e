/**
 * Runs the command line and that of Argo Rollouts against one Rollout, at a pause of its canary, and returns how long
 * they take from start to end. They run in turns, so that whatever else the machine does slows all of them. All times
 * are milliseconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExecutable } from '../../scripts/cli/executable.ts';
import { buildPackage, LAUNCHER } from '../../scripts/cli/package.ts';
import { measureStartUps, type StartUp } from '../../scripts/cli/start-up.ts';
import type { ApiClient } from '../testbed/cluster/api-client.ts';
import { findOrBuildBinaries } from '../testbed/cluster/binaries.ts';
import { startControlPlane } from '../testbed/cluster/control-plane.ts';
import { startController } from '../testbed/cluster/controller-process.ts';
import { ADMIN } from '../testbed/cluster/credentials.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { startKubeletProcess } from '../testbed/cluster/kubelet/process.ts';
import { findOrBuildPeer } from '../testbed/cluster/peer-binaries.ts';
import { createFleet, nameOf, namespaceOf, setImage } from './fleet.ts';
import { note } from './note.ts';
import { Watcher } from './watcher.ts';
import { rounded } from './rounded.ts';

export async function benchCommandLine(rounds: number): Promise<unknown> {
  const peer = await findOrBuildPeer('kubectl-argo-rollouts');
  const { kubectl } = await findOrBuildBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'serin-bench-'));
  try {
    note('building the command line');
    const executable = join(folder, 'kubectl-serin');
    await buildPackage(join(folder, 'package'));
    await buildExecutable(executable);
    const modules = [process.execPath, join(folder, 'package', LAUNCHER)];

    await using plane = await startControlPlane();
    await startKubeletProcess(plane);
    await installSerin(plane);
    await startController(plane, { flags: ['--loglevel', 'warn'] });
    await pausedCanary(plane.client(ADMIN));
    note(`running ${rounds} rounds`);
    const get = [
      'get',
      'rollout',
      nameOf(0),
      `--namespace=${namespaceOf(nameOf(0))}`,
      `--kubeconfig=${plane.kubeconfigPath()}`,
    ];
    return {
      getRollout: compared(
        { peer: [peer, ...get], modules: [...modules, ...get], executable: [executable, ...get] },
        rounds,
      ),
      version: compared(
        {
          kubectl: [kubectl, 'version', '--client'],
          modules: [...modules, 'version'],
          executable: [executable, 'version'],
        },
        rounds,
      ),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pausedCanary(client: ApiClient): Promise<void> {
  await createFleet(client, 1);
  const watcher = new Watcher(client);
  await watcher.until('the Rollout to be Healthy', () => watcher.isHealthy(nameOf(0)));
  await setImage(client, nameOf(0), 'web:2');
  await watcher.until('its canary to be at a pause', () => watcher.phaseOf(nameOf(0)) === 'Paused');
  await watcher.stop();
}

interface Compared extends Pick<StartUp, 'medianMs' | 'bestMs'> {
  /** Of the medians, to the first of the commands. */
  readonly ratio: number;
}

/** The first of the commands is what the others are compared with. */
function compared(
  commands: Readonly<Record<string, readonly string[]>>,
  rounds: number,
): Readonly<Record<string, Compared>> {
  // Not measured: the first start compiles, and reads files that nobody has read yet.
  measureStartUps(Object.values(commands), 2);
  const measured = measureStartUps(Object.values(commands), rounds);
  const first = measured[0]?.medianMs ?? Number.NaN;
  return Object.fromEntries(
    Object.keys(commands).map((name, index) => {
      const { medianMs = Number.NaN, bestMs = Number.NaN } = measured[index] ?? {};
      return [name, { medianMs: rounded(medianMs), bestMs: rounded(bestMs), ratio: rounded(medianMs / first) }];
    }),
  );
}
