import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/environment.ts';
import { FlagError } from '../src/flags.ts';

describe('the variables of other controllers of this API', () => {
  test.each([
    { environment: {}, jobNamespace: undefined },
    { environment: { ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE: '' }, jobNamespace: undefined },
    { environment: { ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE: 'checks' }, jobNamespace: 'checks' },
    { environment: { ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: '' }, jobNamespace: undefined },
  ])('$environment: Jobs are made in $jobNamespace', ({ environment, jobNamespace }) => {
    expect(settingsOf(environment)).toEqual({ jobNamespace });
  });

  test.each(['in-cluster', '/etc/other/kubeconfig'])('Jobs in another cluster are refused: %s', (path) => {
    const attempt = (): unknown => settingsOf({ ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: path });
    expect(attempt).toThrow(FlagError);
    expect(attempt).toThrow('ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG must not be set');
  });
});
