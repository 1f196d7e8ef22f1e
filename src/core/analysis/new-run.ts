/**
 * An AnalysisRun before it exists, whatever it is made for.
 */
import type { AnalysisRunSpec } from '../../api/schema/analysis-run.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { OwnerReference } from '../../kube/objects.ts';
import { ANALYSIS_RUNS, apiVersionOf } from '../../kube/resources.ts';

/** A run that does not exist yet. */
export interface NewRun {
  /** Its name, unless another run has that already. */
  readonly baseName: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner: OwnerReference;
  readonly spec: AnalysisRunSpec;
}

/** The object to create under that name. */
export function runObject({ namespace, labels, annotations, owner, spec }: NewRun, name: string): JsonObject {
  return {
    apiVersion: apiVersionOf(ANALYSIS_RUNS),
    kind: ANALYSIS_RUNS.kind,
    metadata: { name, namespace, labels, annotations, ownerReferences: [{ ...owner }] },
    spec: spec as JsonObject,
  };
}
