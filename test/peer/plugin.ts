/** Argo Rollouts' released `kubectl-argo-rollouts`, as a person runs it in the namespace of a session. */
import { inject } from 'vitest';
import type { Session } from '../apiserver/session.ts';
import { runKubectl, type KubectlResult } from '../testbed/cluster/kubectl.ts';
import { findOrBuildPeer } from '../testbed/cluster/peer-binaries.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';

/** A failing command is a result. */
export async function plugin({ namespace }: Session, ...args: readonly string[]): Promise<KubectlResult> {
  const { kubeconfig, home } = inject('sharedCluster');
  const program = await findOrBuildPeer('kubectl-argo-rollouts');
  return runKubectl(program, [...args, `--kubeconfig=${kubeconfig}`, '-n', namespace], { home, cwd: REPOSITORY });
}
