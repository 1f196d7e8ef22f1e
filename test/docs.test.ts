/**
 * Holds docs/reference/ to the code (and what docs/tools.md has from a finding to that): every word that the code can report stands in a table there, with the same
 * message, type and labels, and no table has a word that the code does not know. What the sentences around the
 * tables say is for people to check.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conditions } from '../src/api/words/conditions.ts';
import { experimentConditions } from '../src/api/words/experiment-conditions.ts';
import { events } from '../src/api/events.ts';
import { ANNOTATIONS, LABELS, NGINX_ANNOTATION_PREFIX, NGINX_CANARY_ANNOTATIONS } from '../src/api/words/labels.ts';
import {
  ANALYSIS_OUTCOMES,
  BLOCKED_REASONS,
  CONDITION_REASONS,
  CONDITION_TYPES,
  EVENT_REASONS,
  EXPERIMENT_CONDITION_REASONS,
  EXPERIMENT_PHASES,
  HAZARD_REASONS,
  PAUSE_REASONS,
  PHASES,
  REFUSAL_REASONS,
  TEMPLATE_STATES,
} from '../src/api/words/reasons.ts';
import type { TrafficWeights } from '../src/api/schema/status.ts';
import type { UntimedCondition } from '../src/kube/conditions.ts';
import type { EventNote } from '../src/kube/plan.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';

const DOCS = join(import.meta.dirname, '..', 'docs', 'reference');

/** The rows of the tables under a heading, without those of the table's head: the cells, without backticks. */
function rows(file: string, heading: string): string[][] {
  const text = readFileSync(join(DOCS, file), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${file} has no section "${heading}"`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) =>
          cell
            .replaceAll('`', '')
            .replaceAll(String.raw`\|`, '|')
            .trim(),
        ),
    );
}

function column(file: string, heading: string, index: number): string[] {
  return rows(file, heading).map((cells) => cells[index] ?? '');
}

/** A table says each thing once, and in any order. */
function inOrder(words: readonly string[]): readonly string[] {
  return words.toSorted();
}

/** Stands for a number in a message, as it does in the documents. */
function slot(name: string): number {
  return `<${name}>` as unknown as number;
}

const RS = '<replicaSet>';
const ERROR = '<error>';

describe('conditions.md', () => {
  const built = {
    available: [conditions.available()],
    unavailable: [conditions.unavailable()],
    healthy: [conditions.healthy()],
    unhealthy: [conditions.unhealthy()],
    completed: [conditions.completed()],
    notCompleted: [conditions.notCompleted()],
    paused: [conditions.paused()],
    notPaused: [conditions.notPaused()],
    invalidSpec: [conditions.invalidSpec('The Rollout "<name>" is invalid: <path>: <problem>')],
    replicaSetCreated: [conditions.replicaSetCreated(RS)],
    replicaSetFound: [conditions.replicaSetFound(RS)],
    replicaSetCreateFailed: [conditions.replicaSetCreateFailed(RS, ERROR)],
    replicaSetProgressing: [conditions.replicaSetProgressing(RS)],
    replicaSetNotAvailable: [conditions.replicaSetNotAvailable()],
    replicaSetAvailable: [conditions.replicaSetAvailable(RS)],
    deadlineExceeded: [conditions.deadlineExceeded(RS)],
    progressPaused: [conditions.progressPaused()],
    progressResumed: [conditions.progressResumed()],
    progressRetried: [conditions.progressRetried()],
    aborted: [conditions.aborted(slot('revision')), conditions.aborted(slot('revision'), '<why>')],
  } satisfies Record<keyof typeof conditions, readonly UntimedCondition[]>;

  test('every condition, word for word', () => {
    const documented = rows('conditions.md', 'Conditions').map((cells) => cells.slice(0, 4).join(' | '));
    const known = Object.values(built).flatMap((list) =>
      list.map(({ type, status, reason, message }) => [type, status, reason, message].join(' | ')),
    );
    expect(inOrder(documented)).toEqual(inOrder(known));
  });

  test('every type, with its purpose', () => {
    expect(inOrder(column('conditions.md', 'Types', 0))).toEqual(inOrder(CONDITION_TYPES));
  });

  test('no reason is left out', () => {
    expect(inOrder([...new Set(column('conditions.md', 'Conditions', 2))])).toEqual(inOrder(CONDITION_REASONS));
  });

  test('every condition of an Experiment, word for word, and every reason', () => {
    const documented = rows('conditions.md', 'Conditions of an Experiment').map((cells) =>
      cells.slice(0, 4).join(' | '),
    );
    const known = [
      experimentConditions.progressing('<name>'),
      experimentConditions.available('<name>'),
      experimentConditions.completed('<name>'),
      experimentConditions.invalidSpec('<name>', '<path>: <problem>'),
    ].map(({ type, status, reason, message }) => [type, status, reason, message].join(' | '));
    expect(inOrder(documented)).toEqual(inOrder(known));
    expect(inOrder([...new Set(column('conditions.md', 'Conditions of an Experiment', 2))])).toEqual(
      inOrder(EXPERIMENT_CONDITION_REASONS),
    );
  });

  test('every reason to wait', () => {
    expect(inOrder(column('conditions.md', 'Reasons of Blocked', 0))).toEqual(inOrder(BLOCKED_REASONS));
  });

  test('every hazard', () => {
    expect(inOrder(column('hazards.md', 'Hazards', 0))).toEqual(inOrder(HAZARD_REASONS));
  });

  test('every phase and every pause', () => {
    expect(inOrder(column('conditions.md', 'Phases', 0))).toEqual(inOrder(PHASES));
    expect(inOrder(column('conditions.md', 'Pauses', 0))).toEqual(inOrder(PAUSE_REASONS));
  });
});

describe('events.md', () => {
  const weights = (weight: string): TrafficWeights => ({
    canary: { weight: slot(weight) },
    stable: { weight: slot('rest') },
  });
  const built = {
    addedToInformer: [events.addedToInformer('<namespace>', '<name>')],
    deleted: [events.deleted('<namespace>', '<name>')],
    updated: [events.updated(slot('revision'))],
    notCompleted: [events.notCompleted(slot('revision'), '<hash>')],
    completed: [events.completed(slot('revision'), '<hash>', '<why>')],
    replicaSetCreated: [events.replicaSetCreated(RS, slot('revision'))],
    replicaSetCreateFailed: [events.replicaSetCreateFailed(RS, ERROR)],
    replicaSetScaled: [
      events.replicaSetScaled(RS, slot('revision'), 1, 3),
      events.replicaSetScaled(RS, slot('revision'), 3, 1),
    ].map((event) => ({ ...event, message: event.message.replace(/from \d to \d/, 'from <old> to <new>') })),
    stepCompleted: [events.stepCompleted({ setWeight: 20 }, 0, slot('steps'))].map((event) => ({
      ...event,
      message: event.message.replace('step 1/', 'step <step>/').replace('setWeight: 20', '<what>'),
    })),
    paused: PAUSE_REASONS.slice(0, 1).map((reason) => ({
      ...events.paused(reason),
      message: events.paused(reason).message.replace(reason, '<reason>'),
    })),
    resumed: [events.resumed()],
    aborted: [events.aborted(slot('revision')), events.aborted(slot('revision'), '<why>')],
    abortedByDeadline: [events.abortedByDeadline(RS)],
    blocked: [events.blocked('<what is in the way>')],
    workloadScaled: [events.workloadScaled('<deployment>', 1, 3), events.workloadScaled('<deployment>', 3, 1)].map(
      (event) => ({ ...event, message: event.message.replace(/from \d to \d/, 'from <old> to <new>') }),
    ),
    podRestarted: [events.podRestarted('<pod>', '<restartAt>')],
    restarted: [events.restarted('<restartAt>')],
    skippedStepsToStable: [events.skippedStepsToStable()],
    skippedStepsWithinWindow: [events.skippedStepsWithinWindow()],
    serviceSwitched: [events.serviceSwitched('<service>', '<old hash>', '<new hash>')],
    weightUpdated: [
      events.weightUpdated(undefined, weights('weight')),
      events.weightUpdated(weights('old'), weights('new')),
    ],
    weightVerificationFailed: [events.weightVerificationFailed(ERROR)],
    canaryIngressCreated: [events.canaryIngressCreated('<ingress>', slot('weight'))],
    refused: REFUSAL_REASONS.map((reason) => events.refused(reason, ERROR)),
    hazard: HAZARD_REASONS.map((reason) => events.hazard(reason, '<what to expect>')),
    proxyNotAsked: [events.proxyNotAsked('<why>')],
    canaryIngressUpdated: [events.canaryIngressUpdated('<ingress>', slot('weight'))],
    metricCompleted: ANALYSIS_OUTCOMES.map((outcome) => events.metricCompleted('<metric>', outcome)),
    analysisRunCompleted: ANALYSIS_OUTCOMES.map((outcome) => events.analysisRunCompleted(outcome)),
    analysisRunChanged: (['Running', ...ANALYSIS_OUTCOMES] as const).map((phase) => {
      const event = events.analysisRunChanged('Step', '<run>', phase, '<previous>');
      return { ...event, message: event.message.replace('Step', '<kind>') };
    }),
    experimentCreated: [events.experimentCreated('<experiment>')],
    experimentRunChanged: (['Running', ...ANALYSIS_OUTCOMES] as const).map((phase) =>
      events.experimentRunChanged('<analysis>', '<run>', phase),
    ),
    templateChanged: TEMPLATE_STATES.map((state) => events.templateChanged('<template>', state, '')),
    experimentChanged: EXPERIMENT_PHASES.map((phase) => events.experimentChanged(phase, '')),
    templateReplicaSetCreated: [events.templateReplicaSetCreated(RS, '<template>')],
    templateReplicaSetScaled: [
      { ...events.templateReplicaSetScaled(RS, 0, 1), message: `Scaled up ReplicaSet ${RS} from <old> to <new>` },
      { ...events.templateReplicaSetScaled(RS, 1, 0), message: `Scaled down ReplicaSet ${RS} from <old> to <new>` },
    ],
  } satisfies Record<keyof typeof events, readonly EventNote[]>;

  test('every event, word for word', () => {
    const documented = rows('events.md', 'Events').map((cells) => cells.slice(0, 3).join(' | '));
    const known = Object.values(built).flatMap((list) =>
      list.map(({ reason, type, message }) => [reason, type, message.replaceAll('`', '')].join(' | ')),
    );
    expect(inOrder(documented)).toEqual(inOrder(known));
  });

  test('no reason is left out', () => {
    expect(inOrder([...new Set(column('events.md', 'Events', 0))])).toEqual(inOrder(EVENT_REASONS));
  });
});

describe('metrics.md', () => {
  /** What prom-client counts about any Node process is named by its prefix in the document. */
  const PROCESS = /^(?:process|nodejs)_/;

  test('every metric, with its type and its labels', () => {
    const { registry } = createMetrics({ version: '' });
    const known = registry
      .getMetricsAsArray()
      .map((metric) => metric as unknown as { name: string; type: string; labelNames: readonly string[] })
      .filter(({ name }) => !PROCESS.test(name))
      .map(({ name, type, labelNames }) => [name, type, labelNames.toSorted().join(', ')].join(' | '));
    const documented = rows('metrics.md', 'Metrics').map(([name, type, labels = '']) =>
      [name, type, labels.split(', ').toSorted().join(', ')].join(' | '),
    );
    expect(inOrder(documented)).toEqual(inOrder(known));
  });
});

describe('annotations.md', () => {
  test('every annotation', () => {
    expect(inOrder(column('annotations.md', 'Annotations', 0))).toEqual(inOrder(Object.values(ANNOTATIONS)));
  });

  test('every label', () => {
    expect(inOrder(column('annotations.md', 'Labels', 0))).toEqual(inOrder(Object.values(LABELS)));
  });

  test('every annotation of the canary Ingress', () => {
    expect(inOrder(column('annotations.md', 'Annotations of the canary Ingress', 0))).toEqual(
      inOrder(Object.values(NGINX_CANARY_ANNOTATIONS).map((key) => `${NGINX_ANNOTATION_PREFIX}/${key}`)),
    );
  });
});

describe('tools.md', () => {
  test('the health check expressions for Flux are those that a finding has run', () => {
    const text = (...path: string[]) => readFileSync(join(DOCS, '..', '..', ...path), 'utf8');
    const expressions = [...text('docs', 'tools.md').matchAll(/^ +(inProgress|failed|current): "(.*)"$/gm)].map(
      ([, name, expression]) => `${name}: ${expression}`,
    );
    const ran = [
      ...text('findings', 'text-generation-is-unknown.sh').matchAll(/^\t(InProgress|Failed|Current): +"(.*)",$/gm),
    ];
    expect(expressions).toHaveLength(3);
    expect(expressions).toEqual(
      ran.map(([, name = '', expression]) => `${name.charAt(0).toLowerCase()}${name.slice(1)}: ${expression}`),
    );
  });
});
