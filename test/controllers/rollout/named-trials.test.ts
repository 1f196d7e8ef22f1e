/** AnalysisRuns that a Rollout needs and the caches do not show, as they are read from the API server. */
import { describe, expect, test } from 'vitest';
import { parseAnalysisRun, type AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { stepHash } from '../../../src/api/schema/step-hash.ts';
import { withNamedTrials } from '../../../src/controllers/rollout/named-trials.ts';
import { besideRunInTheWay } from '../../../src/controllers/trials.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { CreateWrite } from '../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { ApiError, type ApiErrorKind } from '../../../src/runtime/api-error.ts';
import { analysisOf, buildRun, recordOf, templateNamed, type DescribedRun } from '../../core/build-runs.ts';
import { buildWorld, hashOf, NAMESPACE, routed, type WorldOptions } from '../../core/build-world.ts';
import { reportedOn } from '../../core/plan-effects.ts';

const { signal } = new AbortController();
const STEPS = [{ analysis: analysisOf() }, { setWeight: 60 }];
const STEP: DescribedRun = { kind: 'Step', phase: 'Running' };
const NO_RIGHT = 'User "serin" cannot get resource "analysisruns"';
const SAID = `Cannot get analysisruns ${NAMESPACE}/web: ${NO_RIGHT}`;

function failure(kind: ApiErrorKind): ApiError {
  const attempt = `get analysisruns ${NAMESPACE}/web`;
  return new ApiError({ kind, status: 0, reason: '', attempt, message: kind === 'forbidden' ? NO_RIGHT : kind });
}

/** A run of the Rollout whose metrics are no list. */
const MISSHAPEN = { ...buildRun(STEP), spec: { metrics: 'none' } };
const shape = parseAnalysisRun(MISSHAPEN);
const SHAPE_PROBLEM = 'problem' in shape ? shape.problem : '';

/** Answers with the object or the error; `asked` are the names that were asked for. */
function server(answer: unknown) {
  const asked: string[] = [];
  const get = (_resource: unknown, { name }: { readonly name: string }) => {
    asked.push(name);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as AnalysisRun);
  };
  return { asked, client: { get } };
}

/** A canary at its analysis step, whose status names the run of it. */
const CANARY: WorldOptions = {
  strategy: routed({ steps: STEPS }),
  revisions: [
    { version: 'v1', size: 5 },
    { version: 'v2', size: 1 },
  ],
  status: {
    currentStepIndex: 0,
    currentStepHash: stepHash(STEPS),
    currentPodHash: hashOf('v2'),
    canary: { currentStepAnalysisRunStatus: recordOf(STEP) },
  },
  templates: [templateNamed()],
};

describe('a named run', () => {
  test('that the cache does not show is read', async () => {
    const { client, asked } = server(buildRun(STEP));
    const { analysis } = await withNamedTrials(client, buildWorld(CANARY), signal);
    expect(asked).toEqual([recordOf(STEP).name]);
    expect(analysis.runs).toEqual([buildRun(STEP)]);
    expect(analysis.unreadable).toBeNull();
  });

  test('that may not be read holds only the analysis', async () => {
    const { client } = server(failure('forbidden'));
    const world = await withNamedTrials(client, buildWorld({ ...CANARY, replicas: 10 }), signal);
    const { status = {} } = reportedOn(world);
    expect(findCondition(status.conditions, 'Blocked')?.message).toBe(SAID);
    expect(status.currentStepIndex).toBe(0);
    expect(status.canary?.currentStepAnalysisRunStatus?.name).toBe(recordOf(STEP).name);
    const { writes } = decideRollout(world);
    expect(writes.filter(({ resource }) => resource === ANALYSIS_RUNS)).toEqual([]);
    expect(writes.filter(({ resource }) => resource === REPLICA_SETS)).not.toEqual([]);
  });

  test('that a failing server does not show ends the look', async () => {
    const { client } = server(failure('server'));
    await expect(withNamedTrials(client, buildWorld(CANARY), signal)).rejects.toThrow('server');
  });

  test('whose shape is wrong holds only the analysis, with what is wrong', async () => {
    const world = await withNamedTrials(server(MISSHAPEN).client, buildWorld(CANARY), signal);
    const { status = {} } = reportedOn(world);
    const blocked = findCondition(status.conditions, 'Blocked')?.message;
    expect(blocked).toBe(`AnalysisRun ${recordOf(STEP).name} cannot be read: ${SHAPE_PROBLEM}`);
    expect(status.canary?.currentStepAnalysisRunStatus?.name).toBe(recordOf(STEP).name);
  });

  test('whose shape is wrong is lost when the Rollout does not control it', async () => {
    const { ownerReferences: _, ...metadata } = MISSHAPEN.metadata;
    const { analysis } = await withNamedTrials(server({ ...MISSHAPEN, metadata }).client, buildWorld(CANARY), signal);
    expect(analysis.unreadable).toBeNull();
  });

  test('that is gone is lost', async () => {
    const { client } = server(failure('notFound'));
    const { analysis } = await withNamedTrials(client, buildWorld(CANARY), signal);
    expect(analysis.runs).toEqual([]);
    expect(analysis.unreadable).toBeNull();
  });
});

test.each([
  { name: 'of a canary is read although it has ended', kind: 'Step', phase: 'Successful', isRead: true },
  { name: 'of blue-green is read while it runs', kind: 'PrePromotion', phase: 'Running', isRead: true },
  { name: 'of blue-green is read before it has a phase', kind: 'PostPromotion', phase: '', isRead: true },
  { name: 'of blue-green that was Successful is final', kind: 'PrePromotion', phase: 'Successful', isRead: false },
  { name: 'of blue-green that was Failed is final', kind: 'PostPromotion', phase: 'Failed', isRead: false },
  { name: 'of blue-green that ended in Error is final', kind: 'PrePromotion', phase: 'Error', isRead: false },
  { name: 'of blue-green that was Inconclusive is final', kind: 'PrePromotion', phase: 'Inconclusive', isRead: false },
] as const)('the run $name', async ({ kind, phase, isRead }) => {
  const mirror = recordOf({ kind, phase });
  const status: RolloutStatus =
    kind === 'Step'
      ? { canary: { currentStepAnalysisRunStatus: mirror } }
      : {
          blueGreen: {
            [kind === 'PrePromotion' ? 'prePromotionAnalysisRunStatus' : 'postPromotionAnalysisRunStatus']: mirror,
          },
        };
  const { client, asked } = server(failure('notFound'));
  await withNamedTrials(client, buildWorld({ status }), signal);
  expect(asked).toEqual(isRead ? [mirror.name] : []);
});

describe('a run that has the name of a new one', () => {
  const write: CreateWrite = {
    op: 'create',
    resource: ANALYSIS_RUNS,
    namespace: NAMESPACE,
    name: recordOf(STEP).name,
    body: {},
    why: '',
  };

  test('and may not be read stops new runs', async () => {
    const { client } = server(failure('forbidden'));
    const world = await besideRunInTheWay(client, buildWorld(CANARY), write, signal);
    expect(world?.analysis.unreadable).toBe(SAID);
  });

  test('and a wrong shape has taken the name, so that the new one gets another', async () => {
    const { status, ...unnamed } = CANARY;
    const { canary: _, ...rest } = status ?? {};
    const informed = await besideRunInTheWay(
      server(MISSHAPEN).client,
      buildWorld({ ...unnamed, status: rest }),
      write,
      signal,
    );
    const { writes } = decideRollout(informed ?? buildWorld());
    const made = writes.filter(({ op, resource }) => op === 'create' && resource === ANALYSIS_RUNS);
    expect(made.map(({ name }) => name)).toEqual([`${recordOf(STEP).name}.1`]);
  });

  test('and is gone by now is no obstacle', async () => {
    const { client } = server(failure('notFound'));
    expect(await besideRunInTheWay(client, buildWorld(CANARY), write, signal)).toBeNull();
  });
});
