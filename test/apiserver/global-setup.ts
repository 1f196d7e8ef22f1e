/**
 * One control plane and one controller for all files of this suite: starting them takes longer than most tests.
 * Files that kill processes, or need a second controller, start their own.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findOrBuildBinaries } from '../testbed/cluster/binaries.ts';
import { startCluster } from '../testbed/cluster/cluster.ts';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { bundledController } from '../testbed/cluster/image-command.ts';
import { installSerin } from '../testbed/cluster/install.ts';

/** What a test needs to reach a cluster, as plain values: the tests run in a process of their own. */
export interface ClusterAccess {
  readonly kubectl: string;
  readonly home: string;
  readonly kubeconfig: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  /** Of the controller. */
  readonly metricsUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    sharedCluster: ClusterAccess;
  }
}

export async function accessTo(plane: ControlPlane, controller: ControllerProcess): Promise<ClusterAccess> {
  const { kubectl } = await findOrBuildBinaries();
  return {
    kubectl,
    home: join(plane.scratch, 'home'),
    kubeconfig: plane.kubeconfigPath(),
    server: plane.server,
    ca: await readFile(plane.caFile, 'utf8'),
    token: plane.token(),
    // Every process that the controller has been has a port of its own.
    get metricsUrl() {
      return controller.metricsUrl;
    },
  };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ horizontalPodAutoscaler: true });
  try {
    await installSerin(cluster.plane);
    // As the image runs it.
    const entry = await bundledController(join(cluster.plane.scratch, 'bundle'));
    const controller = await startController(cluster.plane, { entry });
    project.provide('sharedCluster', await accessTo(cluster.plane, controller));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return () => cluster.stop();
}
