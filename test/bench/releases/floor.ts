/**
 * How long the control plane alone needs for the objects of a creation and of a burst: a process that only writes them
 * (floor-main.ts) in the place of a controller, on a control plane of its own.
 */
import { join } from 'node:path';
import type { ControlPlane } from '../../testbed/cluster/control-plane.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import type { FleetOptions } from '../fleet.ts';
import { note } from '../note.ts';
import { limitMsFor, Watcher } from '../watcher.ts';
import { Acts } from './acts.ts';
import { crowdOf } from './crowd.ts';
import type { Times } from './times.ts';
import { measureUsage, type Usage } from './usage.ts';

export interface FloorFigures {
  readonly created: number;
  readonly burst: number;
  readonly burstToWeight: Times;
  readonly usage: { readonly creation: Usage; readonly burst: Usage };
}

export async function measureFloor(
  plane: ControlPlane,
  { rollouts, pods, inBurst }: { readonly rollouts: number; readonly pods: FleetOptions; readonly inBurst: number },
): Promise<FloorFigures> {
  const process_ = await plane.spawn({
    name: 'floor',
    command: process.execPath,
    args: [join(import.meta.dirname, 'floor-main.ts'), plane.server, plane.caFile, plane.token(ADMIN)],
    env: {},
  });
  const client = plane.client(ADMIN);
  const watcher = new Watcher(client, limitMsFor(rollouts));
  const crowd = crowdOf(rollouts, 0);
  const acts = new Acts(client, watcher, { ...crowd, burst: crowd.all.slice(-inBurst) });
  const during = async <T>(phase: string, act: () => Promise<T>): Promise<readonly [T, Usage]> => {
    note(`floor: ${phase}`);
    const end = measureUsage({ pids: () => plane.pids, controllerPid: () => process_.pid });
    return [await act(), end()];
  };
  const [created, creation] = await during('creation', () => acts.create(pods));
  const [{ burst, burstToWeight }, inTheBurst] = await during('burst', () => acts.burst());
  await watcher.stop();
  await process_.end('SIGTERM');
  return { created, burst, burstToWeight, usage: { creation, burst: inTheBurst } };
}
