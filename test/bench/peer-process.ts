/** The controller of Argo Rollouts as a process of a control plane, to kill and start again. */
import { resolve } from 'node:path';
import type { Component } from '../testbed/cluster/component.ts';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { ADMIN, serviceAccount } from '../testbed/cluster/credentials.ts';
import { freePorts } from '../testbed/cluster/free-port.ts';
import { findOrBuildPeer } from '../testbed/cluster/peer-binaries.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { respondsOk } from '../testbed/cluster/responds-ok.ts';

export interface PeerOptions {
  /** The program; `pinned` or `argo` for the pinned version, which is built when it is missing. */
  readonly path: string;
  /** Further flags. They come last, so that they win over the ones given here. */
  readonly flags?: readonly string[];
  /** Whose rights it has; the admin's by default. */
  readonly user?: string;
}

/** A ServiceAccount as Serin's is one: the API server limits and checks the requests of an admin less. For {@link grantPeer}. */
export const PEER_USER = { name: 'peer', ...serviceAccount('argo-rollouts', 'argo-rollouts') };

/** The user may do everything: its own manifests would have to be kept for nothing more. */
export async function grantPeer(plane: ControlPlane): Promise<void> {
  await plane.client().create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'bench-peer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: PEER_USER.username }],
  });
}

/**
 * As it is by default, but with Serin's limits of requests: with its own (40 a second) it would not keep up, and so do
 * less work. Resolves when it serves its metrics.
 */
export async function startPeerProcess(
  plane: ControlPlane,
  { path, flags = [], user = ADMIN }: PeerOptions,
): Promise<PeerProcess> {
  const pinned = path === 'pinned' || path === 'argo';
  const command = pinned ? await findOrBuildPeer('rollouts-controller') : resolve(path);
  const peer = new PeerProcess(plane, command, [`--kubeconfig=${plane.kubeconfigPath(user)}`, ...flags]);
  await peer.start();
  return peer;
}

/** Use {@link startPeerProcess} to get one. */
export class PeerProcess {
  readonly #plane: ControlPlane;
  readonly #command: string;
  readonly #flags: readonly string[];
  #component: Component | undefined;
  #metricsPort = 0;

  constructor(plane: ControlPlane, command: string, flags: readonly string[]) {
    this.#plane = plane;
    this.#command = command;
    this.#flags = flags;
  }

  get pid(): number {
    return this.#running().pid;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#metricsPort}/metrics`;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string> {
    return this.#running().end(signal);
  }

  /** Starts the process, and after {@link kill} a new one. */
  async start(): Promise<void> {
    const [healthzPort = 0, metricsPort = 0] = await freePorts(2);
    this.#metricsPort = metricsPort;
    const component = await this.#plane.spawn({
      name: 'peer',
      command: this.#command,
      args: [
        `--healthzPort=${healthzPort}`,
        `--metricsPort=${metricsPort}`,
        '--leader-elect=false',
        '--qps=1000',
        '--burst=2000',
        ...this.#flags,
      ],
      cwd: this.#plane.scratch,
      env: { HOME: this.#plane.scratch },
    });
    this.#component = component;
    await waitFor(async () => component.exit !== undefined || (await respondsOk(this.metricsUrl)), {
      what: 'the controller of Argo Rollouts to serve its metrics',
    });
    if (component.exit !== undefined) throw new Error(component.obituary());
  }

  #running(): Component {
    if (this.#component === undefined) throw new Error('the peer has not been started');
    return this.#component;
  }
}
