/** The controllers whose releases the bench compares. Each serves a control plane alone. */
import { join, resolve } from 'node:path';
import type { ControlPlane } from '../../testbed/cluster/control-plane.ts';
import { startController } from '../../testbed/cluster/controller-process.ts';
import { CONTROLLER } from '../../testbed/cluster/credentials.ts';
import { freePorts } from '../../testbed/cluster/free-port.ts';
import { bundledController } from '../../testbed/cluster/image-command.ts';
import { PEER_USER, startPeerProcess } from '../peer-process.ts';
import { inspectedAt, NO_PROFILER, type Profiler, startProfiler } from '../profile/profiler.ts';

export interface Contender {
  readonly name: string;
  /** Of the process that runs. */
  readonly pid: number;
  readonly metricsUrl: string;
  readonly profiler: Profiler;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown>;
  /** Starts a new process after {@link kill}; it is ready when this resolves. */
  start(): Promise<void>;
}

export interface ContenderSource {
  readonly name: string;
  /** Whose rights it has in the control plane. */
  readonly user: string;
  /** `flags` come after its own. */
  start(plane: ControlPlane, flags: readonly string[]): Promise<Contender>;
}

/**
 * With the log as it is by default. `program`: a file for Node; empty for the bundle that the image has, or, where it is
 * profiled into the folder `profile`, for the sources, whose functions have places.
 */
export function serin(name: string, program: string, profile: string): ContenderSource {
  return {
    name,
    user: CONTROLLER,
    async start(plane, flags) {
      const [port = 0] = await freePorts(1);
      const entry = program === '' && profile === '' ? await bundledController(join(plane.scratch, 'bundle')) : program;
      const controller = await startController(plane, {
        name,
        flags,
        ...(entry === '' ? {} : { entry: resolve(entry) }),
        ...(profile === '' ? {} : { env: inspectedAt(port) }),
      });
      return named(name, controller, profile === '' ? NO_PROFILER : await startProfiler(port, profile));
    },
  };
}

/** The controller of Argo Rollouts; `path` as in `--peer`. */
export function peer(path: string): ContenderSource {
  const name = 'peer';
  return {
    name,
    user: PEER_USER.name,
    start: async (plane, flags) =>
      named(name, await startPeerProcess(plane, { path, flags, user: PEER_USER.name }), NO_PROFILER),
  };
}

/** The process behind it changes when it is started again, so nothing of it is copied. */
function named(name: string, process: Omit<Contender, 'name' | 'profiler'>, profiler: Profiler): Contender {
  return {
    name,
    profiler,
    get pid() {
      return process.pid;
    },
    get metricsUrl() {
      return process.metricsUrl;
    },
    kill: (signal) => process.kill(signal),
    start: () => process.start(),
  };
}
