/** The tree of a rollout or an Experiment: a row for each object, aligned in columns. */
import type { AnalysisRunView, JobView } from '../../core/view/analysis-run.ts';
import type { ExperimentView } from '../../core/view/experiment.ts';
import type { PodView } from '../../core/view/pod.ts';
import type { ReplicaSetView } from '../../core/view/replica-set.ts';
import type { RevisionTree } from '../../core/view/revisions.ts';
import type { RolloutView } from '../../core/view/view.ts';
import { ageText, spanText } from '../../core/view/age.ts';
import { roleTone } from '../../core/view/signs.ts';
import { KIND, runSpan, stateSpan } from './icons.ts';
import { aligned } from './table.ts';
import { line, span, type Line, type Span, type Style } from './text.ts';

interface Node {
  readonly name: Span;
  readonly kind?: string;
  readonly state?: Span;
  readonly age?: string;
  readonly info?: Line;
  readonly children?: readonly Node[];
}

const HEAD: readonly Line[] = ['NAME', 'KIND', 'STATUS', 'AGE', 'INFO'].map((word) => line(span(word, 'bold')));

export function rolloutTree(view: RolloutView, now: number): readonly Line[] {
  const root: Node = {
    ...named(KIND.rollout, view.name, stateSpan(view.phase), ageText(view.createdAt, now), 'Rollout'),
    children: view.revisions.map((one) => revisionNode(one, now)),
  };
  return aligned([HEAD, ...rowsOf(root)]);
}

export function experimentTree(view: ExperimentView, now: number): readonly Line[] {
  return aligned([HEAD, ...rowsOf(experimentNode(view, now))]);
}

/** `indent` stands before the children of the node. */
function rowsOf(node: Node, lead = '', indent = ''): readonly (readonly Line[])[] {
  const { name, kind = '', state, age = '', info = [], children = [] } = node;
  const row = [line(lead, name), line(kind), line(state ?? ''), line(age), info];
  return [
    row,
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return rowsOf(child, `${indent}${isLast ? '└──' : '├──'}`, `${indent}${isLast ? '   ' : '│  '}`);
    }),
  ];
}

function named(icon: string, name: string, state: Span, age: string, kind: string, style = state.style): Node {
  return { name: span(`${icon} ${name}`, style), kind, state, age };
}

function revisionNode({ revision, replicaSets, experiments, analysisRuns }: RevisionTree, now: number): Node {
  return {
    name: span(revision === 0 ? `${KIND.revision} no revision` : `${KIND.revision} revision:${revision}`),
    children: [
      ...replicaSets.map((one) => replicaSetNode(one, now)),
      ...experiments.map((one) => experimentNode(one, now)),
      ...analysisRuns.map((one) => runNode(one, now)),
    ],
  };
}

function replicaSetNode(view: ReplicaSetView, now: number, roles = view.roles): Node {
  const [role] = view.roles;
  const style: Style | undefined = role === undefined ? 'dim' : roleTone(role);
  return {
    ...named(KIND.replicaSet, view.name, stateSpan(view.status), ageText(view.createdAt, now), 'ReplicaSet', style),
    info: separated([...roles.map((one) => span(one, roleTone(one))), ...delayOf(view, now)]),
    children: view.pods.map((pod) => podNode(pod, now)),
  };
}

function delayOf({ scaleDownAt }: ReplicaSetView, now: number): readonly Span[] {
  if (scaleDownAt === null) return [];
  return [span(`delay:${scaleDownAt <= now ? 'passed' : spanText(scaleDownAt - now)}`, 'waiting')];
}

function podNode({ name, status, createdAt, readyContainers, containers, restarts }: PodView, now: number): Node {
  const info = line(`ready:${readyContainers}/${containers}`, ...(restarts > 0 ? [`,restarts:${restarts}`] : []));
  return { ...named(KIND.pod, name, stateSpan(status), ageText(createdAt, now), 'Pod'), info };
}

function experimentNode(view: ExperimentView, now: number): Node {
  const state = runSpan(view.phase);
  return {
    ...named(KIND.experiment, view.name, state, ageText(view.createdAt, now), 'Experiment'),
    children: [
      // Its name ends in that of its template, which is its only role.
      ...view.replicaSets.map((one) => replicaSetNode(one, now, [])),
      ...view.analysisRuns.map((one) => runNode(one, now)),
    ],
  };
}

function runNode(view: AnalysisRunView, now: number): Node {
  const { successful, failed, inconclusive, error } = view.measurements;
  const counts: readonly (readonly [string, number, Style])[] = [
    ['✔', successful, 'good'],
    ['✖', failed, 'bad'],
    ['?', inconclusive, 'waiting'],
    ['⚠', error, 'bad'],
  ];
  return {
    ...named(KIND.analysisRun, view.name, runSpan(view.phase), ageText(view.createdAt, now), 'AnalysisRun'),
    info: separated(counts.filter(([, count]) => count > 0).map(([icon, n, style]) => span(`${icon} ${n}`, style))),
    children: view.jobs.map((job) => jobNode(job, now)),
  };
}

function jobNode({ name, phase, startedAt }: JobView, now: number): Node {
  return named(KIND.job, name, runSpan(phase), ageText(startedAt, now), 'Job');
}

function separated(spans: readonly Span[]): Line {
  return spans.flatMap((one, index) => (index === 0 ? [one] : [span(','), one]));
}
