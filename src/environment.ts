/** What the process reads from environment variables that belong to this API. */
import { FlagError } from './flags.ts';

export interface Settings {
  /** Where the Jobs of metrics are made; the namespace of their run when absent. */
  readonly jobNamespace: string | undefined;
}

const JOB_NAMESPACE = 'ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE';
const JOB_KUBECONFIG = 'ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG';

/** Throws a FlagError for a variable that asks for what this controller does not do. */
export function settingsOf(environment: Readonly<Record<string, string | undefined>>): Settings {
  const { [JOB_NAMESPACE]: jobNamespace = '', [JOB_KUBECONFIG]: jobKubeconfig = '' } = environment;
  // Jobs would be made in the wrong cluster, and seem to work there.
  if (jobKubeconfig !== '')
    throw new FlagError(`${JOB_KUBECONFIG} must not be set: Jobs of metrics run in the cluster of the Rollouts`);
  return { jobNamespace: jobNamespace === '' ? undefined : jobNamespace };
}
