/** The controllers that the bench compares, each as a process that serves only the runs of its own instance. */
import { join, resolve } from 'node:path';
import { findOrBuildPeer } from '../../testbed/cluster/peer-binaries.ts';
import type { ControlPlane } from '../../testbed/cluster/control-plane.ts';
import { startController } from '../../testbed/cluster/controller-process.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { freePorts } from '../../testbed/cluster/free-port.ts';

export interface Contender {
  /** Its instance. */
  readonly name: string;
  readonly pid: number;
  /** `null` when it counts nothing. */
  readonly metricsUrl: string | null;
  readonly end: () => Promise<unknown>;
}

/** As it is installed, with the log as it is by default. */
export async function startSerin(plane: ControlPlane, profile: string): Promise<Contender> {
  const name = 'serin';
  const controller = await startController(plane, {
    flags: ['--instance-id', name],
    ...(profile === '' ? {} : { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` } }),
  });
  const { pid, metricsUrl } = controller;
  return { name, pid, metricsUrl, end: () => controller.kill('SIGTERM') };
}

/**
 * As it is by default, but with Serin's limits of requests: with its own (40 a second) it would not keep up, and so
 * do less work. `path`: the program, or `pinned`.
 */
export async function startPeer(plane: ControlPlane, path: string): Promise<Contender> {
  const name = 'peer';
  const command = path === 'pinned' ? await findOrBuildPeer('rollouts-controller') : resolve(path);
  const [healthzPort = 0, metricsPort = 0] = await freePorts(2);
  const process = await plane.spawn({
    name,
    command,
    args: [
      `--kubeconfig=${plane.kubeconfigPath(ADMIN)}`,
      `--healthzPort=${healthzPort}`,
      `--metricsPort=${metricsPort}`,
      '--leader-elect=false',
      '--instance-id',
      name,
      '--qps=1000',
      '--burst=2000',
    ],
    cwd: plane.scratch,
    env: { HOME: plane.scratch },
  });
  return {
    name,
    pid: process.pid,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    end: () => process.end('SIGTERM'),
  };
}

/** The floor: what the requests alone cost. It begins at once, so its runs have to be there. */
export async function startFloor(plane: ControlPlane, metricsUrl: string, runs: number): Promise<Contender> {
  const process_ = await plane.spawn({
    name: FLOOR,
    command: process.execPath,
    args: [
      '--max-semi-space-size=4',
      join(import.meta.dirname, 'floor-main.ts'),
      plane.kubeconfigPath(ADMIN),
      FLOOR,
      metricsUrl,
      String(runs),
    ],
    cwd: plane.scratch,
    env: { HOME: plane.scratch },
  });
  return { name: FLOOR, pid: process_.pid, metricsUrl: null, end: () => process_.end('SIGTERM') };
}

export const FLOOR = 'floor';
