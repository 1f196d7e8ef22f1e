/** The words in which a plan is told, whatever the form of the page. */
import type { ForeignWrite } from './foreign-writes.ts';
import type { PlannedStage, ReleasePlan } from './release.ts';
import type { PlannedTrial } from './trials.ts';
import { STRATEGIES } from '../core/view/strategies.ts';

/** Stands for what is not there. */
const NONE = '-';

export const LEGEND = '+P: and the time that a person takes, for each P.';

const STAGES: Readonly<Record<Exclude<PlannedStage['kind'], 'step'>, string>> = {
  firstDeploy: 'first deploy, without steps',
  promotion: 'promotion',
  preview: 'beside the active revision',
  switched: 'active, not stable yet',
  aborted: 'back to the stable revision',
  afterwards: 'stable, old pods leave',
};

export interface PlanTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One row for each stage. The last column may be long. */
export function planTable(plan: ReleasePlan): PlanTable {
  const stages = shownStages(plan);
  const revisions = [...new Set(stages.flatMap(({ pods }) => pods.map(({ revision }) => revision)))].toSorted(
    (a, b) => a - b,
  );
  const hasWeight = stages.some(({ weight }) => weight !== null);
  return {
    head: [
      'STEP',
      ...revisions.map((revision) => `REV ${revision}`),
      ...(hasWeight ? ['WEIGHT'] : []),
      'EARLIEST',
      'LATEST',
      'WAITS FOR',
    ],
    rows: stages.map((stage) => [
      stageText(stage),
      ...revisions.map((revision) => podsText(stage, revision)),
      ...(hasWeight ? [stage.weight === null ? NONE : String(Math.round(stage.weight))] : []),
      timeText(stage.earliestMs),
      `${timeText(stage.latestMs)}${stage.latestMs === null || stage.persons === 0 ? '' : ` +${'P'.repeat(stage.persons)}`}`,
      waitsText(stage),
    ]),
  };
}

/** Without the time after a promotion in which nothing happens any more. */
function shownStages({ stages }: ReleasePlan): readonly PlannedStage[] {
  return stages.filter(({ kind, pods }, index) => {
    const before = stages[index - 1];
    return kind !== 'afterwards' || before === undefined || !isSame(before.pods, pods);
  });
}

function isSame(one: PlannedStage['pods'], other: PlannedStage['pods']): boolean {
  const sizes = (pods: PlannedStage['pods']): string =>
    pods.flatMap(({ revision, desired }) => (desired === 0 ? [] : [`${revision}=${desired}`])).join(' ');
  return sizes(one) === sizes(other);
}

function stageText({ kind, index, text }: Pick<PlannedStage, 'kind' | 'index' | 'text'>): string {
  return kind === 'step' ? `${(index ?? 0) + 1} ${text}` : STAGES[kind];
}

function podsText({ pods, state }: PlannedStage, revision: number): string {
  if (state === 'done' || pods.length === 0) return NONE;
  return String(pods.find((one) => one.revision === revision)?.desired ?? 0);
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** `1h30m`, to the second. */
function durationText(ms: number): string {
  let left = Math.round(ms / 1000);
  const parts = UNITS.flatMap(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count}${name}`];
  });
  return parts.length === 0 ? '0s' : parts.join('');
}

function timeText(ms: number | null): string {
  return ms === null ? NONE : durationText(ms);
}

function waitsText({ state, waits }: PlannedStage): string {
  if (state !== 'planned') return state;
  return waits.map(({ message }) => message).join('; ');
}

export function titleText({ kind, strategy, replicas, from, to }: ReleasePlan): string {
  const pods = `${STRATEGIES[strategy] ?? strategy}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
  switch (kind) {
    case 'firstDeploy':
      return `first deploy (${pods}): no revision is stable, so it goes to its size at once`;
    case 'nothing':
      return `nothing to release (${pods}): the template is that of the stable revision ${to?.revision ?? ''}`;
    case 'update':
      return `revision ${from?.revision ?? ''} to revision ${to?.revision ?? ''} (${pods})`;
    case 'underWay':
      return `revision ${from?.revision ?? ''} to revision ${to?.revision ?? ''} (${pods}), under way`;
  }
}

export function imagesText({ from, to }: ReleasePlan): string {
  const [before, after] = [from?.images.join(', ') ?? '', to?.images.join(', ') ?? ''];
  return before === '' || before === after ? after : `${before} → ${after}`;
}

export function endingText({ ending, message }: ReleasePlan): string {
  switch (ending) {
    case 'healthy':
      return 'healthy';
    case 'invalid':
      return `not at all: ${message}`;
    case 'aborted':
      return `stays aborted until a person retries it: ${message}`;
    case 'degraded':
      return `fails: ${message}`;
    case 'standsStill':
      return `stands still: ${message}`;
    case 'unknown':
      return message;
  }
}

export function peakText({ peak: { pods, requests, unrequested } }: ReleasePlan): string {
  const amounts = Object.entries(requests).map(([resource, amount]) => `${resource} ${amount}`);
  const unknown = unrequested === 0 ? [] : [`${unrequested} of them request no CPU or no memory`];
  return [`${pods} ${pods === 1 ? 'pod' : 'pods'}`, ...amounts, ...unknown].join(', ');
}

/** Latest times hold as long as pods are no slower. */
export function paceText({ longestStartMs }: ReleasePlan): string {
  return `Earliest: pods are ready at once, and persons act at once. Latest: a pod is ready within ${durationText(longestStartMs)}.`;
}

export interface WrittenObject {
  /** Such as `Service web`. */
  readonly object: string;
  readonly changes: readonly string[];
}

/** By object, in the order of the first write; the values of a field one after the other. */
export function writtenObjects({ writes }: ReleasePlan): readonly WrittenObject[] {
  return [...Map.groupBy(writes, ({ kind, name }) => `${kind} ${name}`)].map(([object, ofObject]) => ({
    object,
    changes: [
      ...ofObject
        .filter(({ act }) => act !== 'change')
        .map(({ act, earliestMs }) => `${act}d (${durationText(earliestMs)})`),
      ...fieldTexts(ofObject),
    ],
  }));
}

function fieldTexts(writes: readonly ForeignWrite[]): readonly string[] {
  const changes = writes.flatMap(({ changes: ofWrite, earliestMs }) =>
    ofWrite.map((change) => ({ ...change, earliestMs })),
  );
  return [...Map.groupBy(changes, ({ field }) => field)].map(([field, steps]) => {
    const values = steps.map(({ to, earliestMs }) => `${valueText(to)} (${durationText(earliestMs)})`);
    return `${field}: ${[valueText(steps[0]?.from), ...values].join(' → ')}`;
  });
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function trialText({ kind, name, type, earliestMs, takesMs, metrics, problem }: PlannedTrial): string {
  const length = takesMs === null ? 'until the release ends it' : `for ${durationText(takesMs)}`;
  const measured = metrics.map((one) => `${one.name} (${metricText(one)})`).join(', ');
  const what = [type === '' ? kind : `${kind} (${type})`, name].join(' ');
  return [`${what}: from ${durationText(earliestMs)} ${length}`, measured, problem]
    .filter((text) => text !== '')
    .join('; ');
}

function metricText({ provider, count, interval, successes }: PlannedTrial['metrics'][number]): string {
  const times = count === null ? 'without an end' : count === 1 ? 'once' : `${count} times`;
  const enough = successes === 0 || count === 1 ? '' : `until ${successes} in a row succeed`;
  return [provider, times, interval === '' ? '' : `every ${interval}`, enough].filter((text) => text !== '').join(', ');
}
