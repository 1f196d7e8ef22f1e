/** The shared cluster of the API server suite, and the released plugin, which takes minutes to build the first time. */
import type { TestProject } from 'vitest/node';
import shareCluster from '../apiserver/global-setup.ts';
import { findOrBuildPeer } from '../testbed/cluster/peer-binaries.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await findOrBuildPeer('kubectl-argo-rollouts');
  return shareCluster(project);
}
