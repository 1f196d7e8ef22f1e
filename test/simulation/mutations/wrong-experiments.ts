/**
 * Wrong ways to deal with the Experiments of a canary's steps: the core on Experiments that are not as they are shown to
 * it, and its plans with other writes than it makes. Each says which invariant has to catch it.
 */
import type { Experiment } from '../../../src/api/schema/experiment.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { deleteRun, terminateRun } from '../../../src/core/analysis/run-writes.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import type { CreateWrite, Plan, Write } from '../../../src/kube/plan.ts';
import { EXPERIMENTS } from '../../../src/kube/resources.ts';
import { isStatusWrite } from '../invariants/plans.ts';
import { hasFailed } from '../invariants/trials.ts';
import { writing, type Mutation } from './mutation.ts';

const why = 'a deliberate fault';

/** The core itself, on other Experiments. */
function seeing(
  name: string,
  caughtBy: string,
  change: (experiment: Experiment, world: RolloutWorld) => Experiment | null,
): Mutation {
  const decide = (world: RolloutWorld): Plan => {
    const own = world.experiments.own.flatMap((one) => change(one, world) ?? []);
    return decideRollout({ ...world, experiments: { ...world.experiments, own } });
  };
  return { name, caughtBy, decide };
}

function withPhase(experiment: Experiment, phase: AnalysisOutcome | 'Running'): Experiment {
  return { ...experiment, status: { ...experiment.status, phase } };
}

function isOfExperiments({ resource }: Write): boolean {
  return resource === EXPERIMENTS;
}

function isEnding(write: Write): boolean {
  return isOfExperiments(write) && write.op === 'patch';
}

function currentOf({ rollout }: RolloutWorld): string | undefined {
  return rollout.status?.canary?.currentExperiment;
}

function ofCreation(write: Write, change: (body: JsonObject, metadata: JsonObject) => JsonObject): Write {
  if (!isOfExperiments(write) || write.op !== 'create') return write;
  return { ...write, body: change(write.body, write.body['metadata'] as JsonObject) } satisfies CreateWrite;
}

/** The status write with other fields, where the plan has one. */
function reporting(writes: readonly Write[], fields: JsonObject): readonly Write[] {
  return writes.map((write) => {
    if (!isStatusWrite(write) || write.op !== 'patch') return write;
    return { ...write, patch: { status: { ...(write.patch['status'] as JsonObject), ...fields } } };
  });
}

/** What is in the way as if the Rollout controlled it. */
function adopting(world: RolloutWorld): RolloutWorld {
  const { experiments, rollout } = world;
  const foreign = experiments.inTheWay.filter((one) => !isControlledBy(one, rollout.metadata.uid));
  if (foreign.length === 0) return world;
  const { writes } = decideRollout({ ...world, experiments: { ...experiments, inTheWay: [] } });
  const adopted = foreign.map((one): Experiment => {
    const wanted = writes.find((write) => isOfExperiments(write) && write.name === one.metadata.name);
    if (wanted?.op !== 'create') return one;
    const { metadata, spec } = wanted.body as unknown as Experiment;
    return { ...one, metadata: { ...one.metadata, ...metadata }, spec, status: { phase: 'Running' } };
  });
  return { ...world, experiments: { ...experiments, inTheWay: adopted } };
}

const SEEN: readonly Mutation[] = [
  seeing('a step passes while its Experiment goes on', 'experimentStepsPassOnSuccess', (one) =>
    one.status?.phase === 'Running' ? withPhase(one, 'Successful') : one,
  ),
  seeing('a step passes although its Experiment has failed', 'experimentStepsPassOnSuccess', (one) =>
    hasFailed(one) ? withPhase(one, 'Successful') : one,
  ),
  seeing('an inconclusive Experiment counts as successful', 'experimentStepsPassOnSuccess', (one) =>
    one.status?.phase === 'Inconclusive' ? withPhase(one, 'Successful') : one,
  ),
  seeing('a failed Experiment does not abort', 'failedTrialsGiveTheCanaryUp', (one) =>
    hasFailed(one) ? withPhase(one, 'Running') : one,
  ),
  seeing('an inconclusive Experiment does not pause', 'inconclusiveTrialsPause', (one, world) =>
    one.status?.phase === 'Inconclusive' && one.metadata.name === currentOf(world) ? withPhase(one, 'Running') : one,
  ),
  seeing('after a retry an old result counts again', 'namedTrialsAreFresh', (one, { rollout }) => {
    const { abort, abortedAt } = rollout.status ?? {};
    const isRetry = abortedAt !== undefined && abort !== true;
    return isRetry && isOutcome(one.status?.phase) ? withPhase(one, 'Running') : one;
  }),
  seeing('an Experiment that the status names is not looked up', 'nothingIsTriedTwice', (one, world) =>
    one.metadata.name === currentOf(world) ? null : one,
  ),
  {
    name: 'a collision adopts whatever has the name',
    caughtBy: 'onlyOwnTrialsAreNamed',
    decide: (world) => decideRollout(adopting(world)),
  },
  {
    name: 'what is paused for a person goes on by itself',
    caughtBy: 'inconclusivePauseLasts',
    decide: (world) => {
      const { status = {} } = world.rollout;
      if (!(status.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveExperiment'))
        return decideRollout(world);
      const resumed = { ...status, pauseConditions: [] };
      const plan = decideRollout({ ...world, rollout: { ...world.rollout, status: resumed } });
      return { ...plan, writes: withoutPause(plan.writes) };
    },
  },
];

/** A pause that the plan does not mention is over. */
function withoutPause(writes: readonly Write[]): readonly Write[] {
  return writes.map((write) => {
    if (!isStatusWrite(write) || write.op !== 'patch') return write;
    return { ...write, patch: { status: { pauseConditions: null, ...(write.patch['status'] as JsonObject) } } };
  });
}

const WRITTEN: readonly Mutation[] = [
  writing('no Experiment is asked to end', 'strayTrialsAreAskedToEnd', (writes) =>
    writes.filter((write) => !isEnding(write)),
  ),
  writing('all Experiments are asked to end', 'namedTrialsAreLeftAlone', (writes, world) => [
    ...world.experiments.own
      .filter(({ metadata, status, spec }) => {
        const isOver = isOutcome(status?.phase) || spec.terminate === true;
        return metadata.name === currentOf(world) && !isOver;
      })
      .map((one) => terminateRun(one, why, EXPERIMENTS)),
    ...writes,
  ]),
  writing('what has the name of an Experiment is asked to end', 'foreignTrialsAreLeftAlone', (writes, world) => [
    ...world.experiments.inTheWay.map((one) => terminateRun(one, why, EXPERIMENTS)),
    ...writes,
  ]),
  writing('old Experiments stay', 'trialHistoryIsBounded', (writes) =>
    writes.filter((write) => !isOfExperiments(write) || write.op !== 'delete'),
  ),
  writing('an Experiment is deleted in place of being asked to end', 'onlyEndedTrialsAreDeleted', (writes, world) =>
    writes.map((write) => {
      const experiment = world.experiments.own.find(({ metadata }) => metadata.name === write.name);
      return isEnding(write) && experiment !== undefined ? deleteRun(experiment, why, EXPERIMENTS) : write;
    }),
  ),
  writing('the outcome of an Experiment is written by the Rollout', 'trialsAreOnlyAskedToEnd', (writes) =>
    writes.map((write) =>
      isEnding(write) && write.op === 'patch' ? { ...write, patch: { status: { phase: 'Successful' } } } : write,
    ),
  ),
  writing('an Experiment is made for the next step', 'trialsAreMadeWhereTheyAreAskedFor', (writes) =>
    writes.map((write) =>
      ofCreation(write, (body, metadata) => {
        const labels = metadata['labels'] as Readonly<Record<string, string>>;
        const next = String(Number(labels[LABELS.stepIndex]) + 1);
        return { ...body, metadata: { ...metadata, labels: { ...labels, [LABELS.stepIndex]: next } } };
      }),
    ),
  ),
  writing('an Experiment has no owner', 'trialsEndWithTheirRollout', (writes) =>
    writes.map((write) =>
      ofCreation(write, (body, { ownerReferences: _owners, ...metadata }) => ({ ...body, metadata })),
    ),
  ),
  writing('an Experiment is still current when its step is left', 'leftStepsNameNoExperiment', (writes, world) => {
    const current = currentOf(world);
    return writes.map((write) => {
      if (!isStatusWrite(write) || write.op !== 'patch' || current === undefined) return write;
      const status = write.patch['status'] as JsonObject;
      const { currentExperiment: _left, ...canary } = (status['canary'] ?? {}) as JsonObject;
      return { ...write, patch: { status: { ...status, ...(status['canary'] === null ? {} : { canary }) } } };
    });
  }),
  writing('an Experiment that was ended aborts what is promoted', 'promotedMeansNoAbort', (writes, world) => {
    const { stableRS, currentPodHash } = world.rollout.status ?? {};
    const failed = world.experiments.own.some((one) => one.spec.terminate === true && hasFailed(one));
    return failed && stableRS === currentPodHash ? reporting(writes, { abort: true }) : writes;
  }),
];

export const WRONG_EXPERIMENTS: readonly Mutation[] = [...SEEN, ...WRITTEN].map((mutation) => ({
  ...mutation,
  name: `experiments: ${mutation.name}`,
  experimentChance: 1,
}));
