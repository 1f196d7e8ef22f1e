/** What the controller would find wrong with an object: its own checks, on what was written. */
import { parseAnalysisRun } from '../../api/schema/analysis-run.ts';
import { parseAnalysisTemplate } from '../../api/schema/analysis-template.ts';
import { parseExperiment } from '../../api/schema/experiment.ts';
import { parseRollout, type Rollout } from '../../api/schema/rollout.ts';
import { workloadResource } from '../../api/schema/workload-ref.ts';
import { experimentErrors } from '../../api/validation/experiment.ts';
import { fieldErrorText, type FieldError } from '../../api/words/field-error.ts';
import { prepareRun } from '../../core/analysis/prepare-run.ts';
import { templateMistakes } from '../../core/analysis/template-problem.ts';
import type { Lookup } from '../../core/observed/lookup.ts';
import { resolveTemplate } from '../../core/observed/resolve-template.ts';
import { situationOf } from '../../core/observed/situation.ts';
import type { ReferencedWorkload, RolloutWorld } from '../../core/observed/world.ts';
import { analysisMistakes } from '../../core/rollout/analysis-problem.ts';
import { gather } from '../../core/rollout/gather.ts';
import { mistakesOf } from '../../core/rollout/spec-problem.ts';
import { missingReferences, unfitReferences } from '../../core/strategies/unfit-reference.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { workloadOf } from '../../kube/workload.ts';

export interface Mistake {
  /** As the controller names the field. */
  readonly path: string;
  /** With the path. */
  readonly message: string;
  /** What is referred to is not among the manifests: it may be in the cluster. */
  readonly isAbsence: boolean;
}

/** The object has the shape of its definition. */
export function mistakesIn(kind: string, object: KubeObject, lookup: Lookup): readonly Mistake[] {
  switch (kind) {
    case 'Rollout':
      return read(parseRollout(object), ({ rollout }) => rolloutMistakes(rollout, lookup));
    case 'Experiment':
      return read(parseExperiment(object), ({ experiment }) => fieldMistakes(experimentErrors(experiment)));
    case 'AnalysisRun':
      return read(parseAnalysisRun(object), ({ run }) => {
        const prepared = prepareRun(run.spec);
        return 'problem' in prepared ? [mistake('spec.metrics', prepared.problem)] : [];
      });
    case 'AnalysisTemplate':
    case 'ClusterAnalysisTemplate':
      return read(parseAnalysisTemplate(object), ({ template }) => fieldMistakes(templateMistakes(template.spec)));
    default:
      return [];
  }
}

function read<Parsed extends object>(
  parsed: Parsed | { readonly problem: string },
  mistakes: (parsed: Parsed) => readonly Mistake[],
): readonly Mistake[] {
  if (!('problem' in parsed)) return mistakes(parsed);
  const [path = ''] = parsed.problem.split(':');
  return [{ path, message: parsed.problem, isAbsence: false }];
}

function rolloutMistakes(rollout: Rollout, lookup: Lookup): readonly Mistake[] {
  const world = { ...gather(lookup, rollout, { now: 0, propagationMs: null }), workload: workloadIn(lookup, rollout) };
  const resolved = resolveTemplate(world);
  if ('problem' in resolved) {
    const { kind, text } = resolved.problem;
    const unresolved = { ...mistake('spec.workloadRef', text), isAbsence: kind === 'reference' };
    // Without the template it is not known what Services have to select.
    return [unresolved, ...fieldMistakes(mistakesOf(rollout)), ...absences(world), ...analysisMistakesIn(world)];
  }
  // The template of a workload follows the same rules as one of the Rollout's own.
  const { workloadRef: _resolved, ...spec } = resolved.world.rollout.spec;
  return [
    ...fieldMistakes(mistakesOf({ ...rollout, spec })),
    ...absences(resolved.world),
    ...fieldMistakes(unfitReferences(resolved.world)),
    ...analysisMistakesIn(resolved.world),
  ];
}

function workloadIn(lookup: Lookup, { spec, metadata }: Rollout): ReferencedWorkload | null {
  const { workloadRef } = spec;
  const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
  if (resource === null) return null;
  const name = workloadRef?.name ?? '';
  const found = lookup.get<KubeObject>(resource, metadata.namespace ?? '', name);
  return found === undefined ? { missing: `${resource.kind} "${name}" not found` } : workloadOf(found);
}

function absences(world: RolloutWorld): readonly Mistake[] {
  return fieldMistakes(missingReferences(world)).map((one) => ({ ...one, isAbsence: true }));
}

function analysisMistakesIn(world: RolloutWorld): readonly Mistake[] {
  return [...analysisMistakes(situationOf(world))].map(({ error, missing }) => ({
    ...ofField(error),
    isAbsence: missing.length > 0,
  }));
}

function fieldMistakes(errors: Iterable<FieldError>): readonly Mistake[] {
  return [...errors].map(ofField);
}

function ofField(error: FieldError): Mistake {
  return { path: error.path, message: fieldErrorText(error), isAbsence: false };
}

function mistake(path: string, problem: string): Mistake {
  return { path, message: `${path}: ${problem}`, isAbsence: false };
}
