/**
 * Writes about AnalysisRuns, and about Experiments where both are treated alike.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { JsonObject } from '../../kube/json.ts';
import { mergePatchBetween } from '../../kube/merge-patch.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { CreateWrite, Plan, Write } from '../../kube/plan.ts';
import { ANALYSIS_RUNS, type Resource } from '../../kube/resources.ts';
import type { RunDecision } from './decide-run.ts';
import { isOutcome } from './phases.ts';

/**
 * The decision as a plan: the status, or the deletion when its time has come. The status of a run is no subresource;
 * the patch changes nothing else. `now` is in milliseconds since the epoch.
 */
export function runPlan(run: AnalysisRun, decision: RunDecision, now: number): Plan {
  const { status, events, wakeAt, deleteAt } = decision;
  if (isOutcome(run.status?.phase) && deleteAt !== null && deleteAt <= now) {
    return { writes: [deleteRun(run, 'its time to live is over')] };
  }
  const patch = mergePatchBetween(run.status ?? {}, status);
  const write: Write = {
    op: 'patch',
    ...targetOf(run),
    patch: { status: patch },
    resourceVersion: run.metadata.resourceVersion,
    events,
    why: 'the analysis went on',
    // A run that measures for a day is written some thousand times.
    ...(run.status?.phase === status.phase && events.length === 0 ? { routine: true } : {}),
  };
  const times = [wakeAt, deleteAt].filter((time) => time !== null);
  return {
    writes: patch === null ? [] : [write],
    ...(times.length === 0 ? {} : { requeueAfterMs: Math.max(0, Math.min(...times) - now) }),
  };
}

export function createRun(body: JsonObject, namespace: string, name: string, why: string): CreateWrite {
  return { op: 'create', resource: ANALYSIS_RUNS, namespace, name, body, why };
}

/** Asks the run, or an Experiment, to end. It becomes what it has measured so far, not a failure. */
export function terminateRun(run: KubeObject, why: string, resource: Resource = ANALYSIS_RUNS): Write {
  const { resourceVersion } = run.metadata;
  return { op: 'patch', ...targetOf(run, resource), patch: { spec: { terminate: true } }, resourceVersion, why };
}

export function deleteRun(run: KubeObject, why: string, resource: Resource = ANALYSIS_RUNS): Write {
  const { uid, resourceVersion } = run.metadata;
  return { op: 'delete', ...targetOf(run, resource), uid, resourceVersion, why };
}

function targetOf({ metadata }: KubeObject, resource: Resource = ANALYSIS_RUNS) {
  return { resource, namespace: metadata.namespace ?? '', name: metadata.name };
}
