/**
 * What a look at an Experiment leads to (spec C.2): pods and Services of its templates, the runs of its analyses, and its
 * status.
 *
 * Its end is written down before anything follows from it: what is removed afterwards would change what the end was
 * decided from. So every look acts on the phase that the last one has recorded.
 */
import type { ExperimentStatus, TemplateStatus } from '../../api/schema/experiment.ts';
import { events } from '../../api/events.ts';
import { experimentError } from '../../api/validation/experiment.ts';
import { experimentConditions } from '../../api/words/experiment-conditions.ts';
import { fieldErrorText } from '../../api/words/field-error.ts';
import { removeCondition, setCondition } from '../../kube/conditions.ts';
import { mergePatchBetween } from '../../kube/merge-patch.ts';
import type { Condition } from '../../kube/objects.ts';
import { EMPTY_PLAN, type EventNote, type Plan, type Write } from '../../kube/plan.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { formatTime } from '../../kube/time.ts';
import { isOutcome } from '../analysis/phases.ts';
import { runsToTerminate } from '../analysis/run-history.ts';
import { terminateRun } from '../analysis/run-writes.ts';
import { analysesAt, analysisEvents, templatesMayFollowUntil, type Analyses } from './analyses.ts';
import { finishesAt } from './analysis-run.ts';
import { isUnderWay, phaseOf, type Verdict } from './phase.ts';
import { retire, startWrites } from './replica-sets.ts';
import { serviceDeletions, serviceWrites } from './services.ts';
import { deadlineOf, templateEvents, templateStatusOf } from './template-status.ts';
import { observedTemplates, templateNameOf, type ObservedTemplate } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

export function decideExperiment(world: ExperimentWorld): Plan {
  const { experiment } = world;
  if (isBeingDeleted(experiment)) return EMPTY_PLAN;
  const { status = {} } = experiment;
  const error = isOutcome(status.phase) ? null : experimentError(experiment);
  return error === null ? go(world) : { writes: statusWrites(world, invalidStatus(world, fieldErrorText(error)), []) };
}

interface Findings {
  readonly templates: readonly ObservedTemplate[];
  readonly statuses: readonly TemplateStatus[];
  readonly analyses: Analyses;
  readonly verdict: Verdict;
}

function go(world: ExperimentWorld): Plan {
  const { status = {} } = world.experiment;
  const findings = findingsOf(world);
  const endsNow = isOutcome(findings.verdict.phase) && !isOutcome(status.phase);
  const acts = endsNow || world.refused.length > 0 ? NO_ACTS : actsOf(world, findings);
  const reports = statusWrites(world, nextStatus(world, findings), eventsOf(world, findings));
  const wakeAt = Math.min(...[...acts.dueTimes, ...dueTimesOf(world, findings)].filter((time) => time !== null));
  return {
    writes: [...acts.writes, ...reports],
    ...(wakeAt === Infinity ? {} : { requeueAfterMs: Math.max(0, wakeAt - world.now) }),
  };
}

function findingsOf(world: ExperimentWorld): Findings {
  const { experiment, now } = world;
  const templates = observedTemplates(world);
  const isOver = experiment.spec.terminate === true || now >= (finishesAt(world) ?? Infinity);
  const statuses = templates.map((one) => templateStatusOf(world, one, isOver || isEnding(world)));
  const judged = (analyses: Analyses): Findings => ({
    templates,
    statuses,
    analyses,
    verdict: phaseOf(experiment, statuses, analyses.statuses, isOver),
  });
  if (isEnding(world)) return judged(analysesAt(world, 'ending'));
  const settled = judged(analysesAt(world, 'waiting'));
  if (experiment.status?.availableAt === undefined || isOutcome(settled.verdict.phase)) return settled;
  const running = judged(analysesAt(world, 'running'));
  return isOutcome(running.verdict.phase) ? withoutCreations(running) : running;
}

/** The experiment is over, or a person has asked it to end. */
function isEnding({ experiment: { spec, status } }: ExperimentWorld): boolean {
  return spec.terminate === true || isOutcome(status?.phase);
}

/** Runs that are not created any more are not reported either. */
function withoutCreations(findings: Findings): Findings {
  const { creations, statuses } = findings.analyses;
  const isCreated = (name: string) => creations.some((creation) => creation.name === name);
  return {
    ...findings,
    analyses: { creations: [], statuses: statuses.filter(({ analysisRun }) => !isCreated(analysisRun)) },
  };
}

interface Acts {
  readonly writes: readonly Write[];
  readonly dueTimes: readonly (number | null)[];
}

const NO_ACTS: Acts = { writes: [], dueTimes: [] };

function actsOf(world: ExperimentWorld, { templates, analyses }: Findings): Acts {
  const { replicaSets, experiment } = world;
  const ending = isEnding(world);
  const named = new Set(experiment.spec.templates.map(({ name }) => name));
  const unneeded = replicaSets.filter((one) => ending || !named.has(templateNameOf(one) ?? ''));
  const retirements = unneeded.map((replicaSet) => retire(world, replicaSet));
  const starts = ending ? [] : templates.flatMap((one) => [...startWrites(world, one), ...serviceWrites(world, one)]);
  const leftovers = ending ? runsToTerminate(world.analysis.runs, new Set()) : [];
  return {
    writes: [
      ...starts,
      ...analyses.creations,
      ...leftovers.map((run) => terminateRun(run, 'the experiment is over')),
      ...retirements.flatMap(({ writes }) => writes),
      ...serviceDeletions(world, templates, ending),
    ],
    dueTimes: retirements.map(({ removeAt }) => removeAt),
  };
}

function nextStatus(world: ExperimentWorld, findings: Findings): ExperimentStatus {
  const { status = {} } = world.experiment;
  const { verdict, statuses, analyses } = findings;
  const { phase, message } = verdict;
  const availableAt =
    status.availableAt ?? (phase === 'Running' && isUnderWay(status, statuses) ? formatTime(world.now) : undefined);
  return {
    phase,
    ...(message === '' ? {} : { message }),
    ...(availableAt === undefined ? {} : { availableAt }),
    conditions: conditionsOf(world, findings),
    templateStatuses: statuses,
    ...(analyses.statuses.length === 0 ? {} : { analysisRuns: analyses.statuses }),
  };
}

function conditionsOf({ experiment, now }: ExperimentWorld, { verdict, statuses }: Findings): readonly Condition[] {
  const { name } = experiment.metadata;
  const valid = removeCondition(experiment.status?.conditions, 'InvalidSpec');
  const isMissing = statuses.some(({ status }) => status === 'Progressing');
  const word = isOutcome(verdict.phase) ? 'completed' : isMissing ? 'progressing' : 'available';
  return setCondition(valid, experimentConditions[word](name), now);
}

function invalidStatus({ experiment, now }: ExperimentWorld, error: string): ExperimentStatus {
  const { metadata, status = {} } = experiment;
  const condition = experimentConditions.invalidSpec(metadata.name, error);
  const others = removeCondition(status.conditions, 'InvalidSpec');
  const before = status.conditions?.find((one) => one.type === 'InvalidSpec' && one.message === condition.message);
  return {
    ...status,
    message: condition.message,
    conditions: before === undefined ? setCondition(others, condition, now) : [...others, before],
  };
}

function eventsOf({ experiment: { status = {} } }: ExperimentWorld, findings: Findings): readonly EventNote[] {
  const { statuses, analyses, verdict } = findings;
  return [
    ...statuses.flatMap((after) =>
      templateEvents(status.templateStatuses?.find(({ name }) => name === after.name) ?? null, after),
    ),
    ...analysisEvents(status.analysisRuns, analyses),
    ...(verdict.phase === status.phase ? [] : [events.experimentChanged(verdict.phase, verdict.message)]),
  ];
}

/** The status is no subresource: a version lets no request of a person to end the experiment be overlooked. */
function statusWrites(
  { experiment }: ExperimentWorld,
  next: ExperimentStatus,
  notes: readonly EventNote[],
): readonly Write[] {
  const { name, namespace = '', resourceVersion } = experiment.metadata;
  const patch = mergePatchBetween(experiment.status ?? {}, next);
  if (patch === null) return [];
  return [
    {
      op: 'patch',
      resource: EXPERIMENTS,
      namespace,
      name,
      patch: { status: patch },
      resourceVersion,
      afterAll: true,
      events: notes,
      why: 'the experiment went on',
    },
  ];
}

/** While the experiment is not over. */
function dueTimesOf(world: ExperimentWorld, { verdict, statuses }: Findings): readonly (number | null)[] {
  if (isOutcome(verdict.phase)) return [];
  const { spec } = world.experiment;
  return [...statuses.map((one) => deadlineOf(spec, one)), templatesMayFollowUntil(world), finishesAt(world)].filter(
    (time) => time === null || time > world.now,
  );
}
