/**
 * The schemas of the API server that the CRDs take over, as they were when
 * scripts/refresh-pod-template-schema.ts ran last.
 */
import jobSpec from './snapshot/job-spec.schema.json' with { type: 'json' };
import podTemplate from './snapshot/pod-template.schema.json' with { type: 'json' };
import type { Snapshots } from './structural-schema.ts';

export const SNAPSHOTS: Snapshots = {
  'pod-template': podTemplate,
  'job-spec': jobSpec,
};
