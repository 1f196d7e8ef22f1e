/**
 * AnalysisRuns of the Rollout `shop/web` of `build-world.ts`, and the template that they are made from.
 */
import type { RolloutAnalysis } from '../../src/api/schema/analysis.ts';
import type { AnalysisRun, AnalysisRunSpec } from '../../src/api/schema/analysis-run.ts';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import type { AnalysisKind } from '../../src/api/words/reasons.ts';
import type { RunMirror } from '../../src/core/analysis/current-run.ts';
import { templateKey, type FoundTemplate } from '../../src/core/observed/world.ts';
import { controllerReference } from '../../src/kube/owners.ts';
import { ANALYSIS_TEMPLATES, ROLLOUTS } from '../../src/kube/resources.ts';
import { formatTime } from '../../src/kube/time.ts';
import { hashOf, NAME, NAMESPACE, NOW, UID } from './build-world.ts';

const METRICS: AnalysisRunSpec['metrics'] = [
  { name: 'errors', provider: { prometheus: { address: 'http://prometheus', query: 'up' } } },
];

/** What a strategy asks for: a run of that template. */
export function analysisOf(templateName = 'smoke'): RolloutAnalysis {
  return { templates: [{ templateName }] };
}

/** The template, as an entry of `templates` of a world. */
export function templateNamed(name = 'smoke'): readonly [string, FoundTemplate] {
  const { kind } = ANALYSIS_TEMPLATES;
  const metadata = { name, namespace: NAMESPACE, uid: `uid-${name}`, resourceVersion: '1' };
  return [templateKey({ kind, name }), { template: { metadata, spec: { metrics: METRICS } } }];
}

export interface DescribedRun {
  readonly kind: AnalysisKind;
  /** Of a `Step` run; 0 by default. */
  readonly stepIndex?: number;
  /** What it measures, `v2` by default, and the number of that revision, 2 by default. */
  readonly version?: string;
  readonly revision?: number;
  /** How many runs of the same name there were before: the second run has `.1`. */
  readonly attempt?: number;
  /** Absent from a run that has not begun. */
  readonly phase?: string;
  readonly message?: string;
  /** It was asked to end. */
  readonly terminate?: true;
  /** Milliseconds since the epoch; a minute ago by default. */
  readonly createdAt?: number;
}

export function runNameOf({ kind, stepIndex = 0, version = 'v2', revision = 2, attempt = 0 }: DescribedRun): string {
  const suffix = { Step: `-${stepIndex}`, Background: '', PrePromotion: '-pre', PostPromotion: '-post' }[kind];
  return `${NAME}-${hashOf(version)}-${revision}${suffix}${attempt === 0 ? '' : `.${attempt}`}`;
}

export function buildRun(described: DescribedRun): AnalysisRun {
  const { kind, stepIndex = 0, version = 'v2', revision = 2, phase, message, terminate, createdAt } = described;
  const name = runNameOf(described);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: formatTime(createdAt ?? NOW - 60_000),
      labels: {
        app: NAME,
        [LABELS.podTemplateHash]: hashOf(version),
        [LABELS.rolloutType]: kind,
        ...(kind === 'Step' ? { [LABELS.stepIndex]: String(stepIndex) } : {}),
      },
      annotations: { [ANNOTATIONS.revision]: String(revision) },
      ownerReferences: [controllerReference(ROLLOUTS, NAME, UID)],
    },
    spec: { metrics: METRICS, ...(terminate === undefined ? {} : { terminate }) },
    ...(phase === undefined ? {} : { status: { phase, ...(message === undefined ? {} : { message }) } }),
  };
}

/** The run as the status of the Rollout names it. */
export function recordOf(described: DescribedRun): RunMirror {
  const { phase = '', message } = described;
  return { name: runNameOf(described), status: phase, ...(message === undefined ? {} : { message }) };
}
