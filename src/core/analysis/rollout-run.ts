/**
 * The AnalysisRun that a Rollout asks for (spec B.8): its name, labels, owner and spec.
 */
import type { RolloutAnalysis } from '../../api/schema/analysis.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { AnalysisKind } from '../../api/words/reasons.ts';
import { controllerReference } from '../../kube/owners.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import { mergeArguments, resolveArguments } from './arguments.ts';
import { flattenTemplates, type FindTemplate, type FlattenProblem } from './flatten.ts';
import type { NewRun } from './new-run.ts';

/** What a run is made for. */
export type RunPurpose =
  { readonly kind: 'Step'; readonly stepIndex: number } | { readonly kind: Exclude<AnalysisKind, 'Step'> };

export interface RunRequest {
  readonly purpose: RunPurpose;
  readonly analysis: RolloutAnalysis;
  /** With the selector that its pods have, also with `workloadRef`. */
  readonly rollout: Rollout;
  /** Template hash and number of the revision that is analysed. */
  readonly hash: string;
  readonly revision: number;
  readonly stableHash: string;
  /** `null` for a controller without an instance id. */
  readonly instanceId: string | null;
}

/** The run, or why there can be none yet. */
export function analysisRunFor(request: RunRequest, find: FindTemplate): NewRun | FlattenProblem {
  const { analysis, rollout, hash, stableHash } = request;
  const flat = flattenTemplates(analysis, find);
  if ('problem' in flat) return flat;
  const given = resolveArguments(analysis.args ?? [], { rollout, latestHash: hash, stableHash });
  if ('problem' in given) return { ...given, missing: [] };
  const merged = mergeArguments(flat.args, given.values, rollout);
  if ('problem' in merged) return { ...merged, missing: [] };
  const { name, namespace = '', uid } = rollout.metadata;
  return {
    baseName: baseNameOf(request),
    namespace,
    labels: labelsOf(request),
    annotations: annotationsOf(request),
    owner: controllerReference(ROLLOUTS, name, uid),
    spec: {
      metrics: flat.metrics,
      ...(merged.args.length === 0 ? {} : { args: merged.args }),
      ...(flat.dryRun.length === 0 ? {} : { dryRun: flat.dryRun }),
      ...(flat.measurementRetention.length === 0 ? {} : { measurementRetention: flat.measurementRetention }),
    },
  };
}

function baseNameOf({ purpose, rollout, hash, revision }: RunRequest): string {
  const name = `${rollout.metadata.name}-${hash}-${revision}`;
  switch (purpose.kind) {
    case 'Step':
      return `${name}-${purpose.stepIndex}`;
    case 'Background':
      return name;
    case 'PrePromotion':
      return `${name}-pre`;
    case 'PostPromotion':
      return `${name}-post`;
  }
}

/** By some of the labels the run is found again, so no label of the user replaces them. */
function labelsOf({ purpose, analysis, rollout, hash, instanceId }: RunRequest): Readonly<Record<string, string>> {
  return {
    ...analysis.analysisRunMetadata?.labels,
    ...rollout.spec.selector?.matchLabels,
    [LABELS.podTemplateHash]: hash,
    [LABELS.rolloutType]: purpose.kind,
    ...(purpose.kind === 'Step' ? { [LABELS.stepIndex]: String(purpose.stepIndex) } : {}),
    ...(instanceId === null ? {} : { [LABELS.instanceId]: instanceId }),
  };
}

function annotationsOf({ analysis, revision }: RunRequest): Readonly<Record<string, string>> {
  return { ...analysis.analysisRunMetadata?.annotations, [ANNOTATIONS.revision]: String(revision) };
}
