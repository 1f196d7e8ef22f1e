/** The controllers that the bench compares, each as a process that serves only the runs of its own instance. */
import { join, resolve } from 'node:path';
import type { ControlPlane } from '../../testbed/cluster/control-plane.ts';
import { startController } from '../../testbed/cluster/controller-process.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { imageFlags } from '../../testbed/cluster/image-command.ts';
import { startPeerProcess } from '../peer-process.ts';

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

/** `path`: the program, or `pinned`. */
export async function startPeer(plane: ControlPlane, path: string): Promise<Contender> {
  const name = 'peer';
  const peer = await startPeerProcess(plane, { path, flags: ['--instance-id', name] });
  return { name, pid: peer.pid, metricsUrl: peer.metricsUrl, end: () => peer.kill('SIGTERM') };
}

/** The floor: what the requests alone cost. It begins at once, so its runs have to be there. */
export async function startFloor(plane: ControlPlane, metricsUrl: string, runs: number): Promise<Contender> {
  const process_ = await plane.spawn({
    name: FLOOR,
    command: process.execPath,
    args: [
      ...(await imageFlags()),
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
