/**
 * The plan of a release: what it will do before it does it. The core that ships is run against a model of the cluster in
 * virtual time, twice: once with pods that are ready at once, and once with pods as slow as they may be. The plan is what
 * the two have in common, and the times of both.
 */
import type { RolloutSpec } from '../api/schema/rollout.ts';
import { DEFAULTS } from '../api/words/defaults.ts';
import type { NewImage } from '../core/view/set-image.ts';
import type { RevisionView, RolloutView } from '../core/view/view.ts';
import type { KubeObject, PodTemplate } from '../kube/objects.ts';
import { runCourse, type Course } from './course.ts';
import { foreignWrites, type ForeignWrite } from './foreign-writes.ts';
import { rolloutIn } from './look.ts';
import type { Store } from './model/store.ts';
import { peakOf, type Peak } from './peak.ts';
import { applyManifests, rolloutProblem, setImages, setTemplate } from './scene.ts';
import { stagesOf, type RevisionPods, type Stage, type StageKind, type Wait } from './stages.ts';
import { plannedTrials, type PlannedTrial } from './trials.ts';

export interface ReleaseRequest {
  readonly namespace: string;
  readonly name: string;
  /** Where it begins; it stays as it is. */
  readonly scene: Store;
  /** What is deployed before the release begins, as if it had been running; none where the scene is a cluster. */
  readonly base: readonly KubeObject[];
  readonly changes: readonly KubeObject[];
  readonly images: readonly NewImage[];
  /** In the place of the present one; `null`: no other. */
  readonly template: PodTemplate | null;
  /** The longest time until a pod is ready; `null`: as long as the progress deadline allows. */
  readonly longestStartMs: number | null;
}

export interface PlannedStage {
  readonly kind: StageKind;
  /** Of a step, from 0. */
  readonly index: number | null;
  /** The step as events name it; '' for other stages. */
  readonly text: string;
  /** `done` before the release is looked at; `skipped`: the rollout jumps over it. */
  readonly state: 'done' | 'planned' | 'skipped';
  /** As it stands at the end of the stage. */
  readonly pods: readonly RevisionPods[];
  readonly weight: number | null;
  readonly waits: readonly Wait[];
  /** Only a person ends it. */
  readonly person: boolean;
  /** When it is over, in milliseconds from the beginning: at the earliest, where persons act at once. `null`: it does not end. */
  readonly earliestMs: number | null;
  /** At the latest, beside the time that persons take. */
  readonly latestMs: number | null;
  /** How often a person has to act until then. */
  readonly persons: number;
}

type Ending = 'healthy' | 'invalid' | 'aborted' | 'degraded' | 'standsStill' | 'unknown';

export interface ReleasePlan {
  readonly namespace: string;
  readonly name: string;
  readonly strategy: string;
  readonly kind: 'firstDeploy' | 'update' | 'underWay' | 'nothing';
  readonly replicas: number;
  readonly from: PlannedRevision | null;
  readonly to: PlannedRevision | null;
  readonly stages: readonly PlannedStage[];
  readonly ending: Ending;
  /** Why it does not end well; '' when it does. */
  readonly message: string;
  readonly peak: Peak;
  readonly writes: readonly ForeignWrite[];
  readonly trials: readonly PlannedTrial[];
  /** Setups that are applied as written and yet will not do what their author expects. */
  readonly hazards: readonly string[];
  /** In the fast course. */
  readonly events: readonly PlannedEvent[];
  /** The longest time until a pod is ready that `latestMs` allows for, in milliseconds. */
  readonly longestStartMs: number;
  readonly notes: readonly string[];
}

interface PlannedRevision {
  readonly revision: number;
  readonly hash: string;
  readonly images: readonly string[];
}

interface PlannedEvent {
  readonly earliestMs: number;
  readonly reason: string;
  readonly message: string;
}

/** A problem is a sentence about why nothing can be planned. */
export function planRelease(request: ReleaseRequest): ReleasePlan | { readonly problem: string } {
  const { namespace, name, base, changes, images, template } = request;
  const scene = request.scene.copy();
  if (base.length > 0) {
    applyManifests(scene, base, { namespace, name });
    const problem = rolloutProblem(scene, name);
    if (problem !== null) return { problem };
  }
  const start = base.length === 0 ? scene : runCourse(scene, name, 0).store;
  applyManifests(start, changes, { namespace, name });
  const problem =
    rolloutProblem(start, name) ??
    (template === null ? null : setTemplate(start, name, template)) ??
    (images.length === 0 ? null : setImages(start, name, images));
  if (problem !== null) return { problem };
  const longestStartMs = request.longestStartMs ?? longestStartOf(rolloutIn(start, name).spec);
  const slow = runCourse(start.copy(), name, longestStartMs);
  return planOf(runCourse(start, name, 0), slow, longestStartMs);
}

/** A little less than the time after which an update without progress counts as failed. */
function longestStartOf({ progressDeadlineSeconds, minReadySeconds = DEFAULTS.minReadySeconds }: RolloutSpec): number {
  const margin = 2;
  const deadline = progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds;
  return Math.max(0, deadline - minReadySeconds - margin) * 1000;
}

function planOf(fast: Course, slow: Course, longestStartMs: number): ReleasePlan {
  const [first] = fast.moments;
  const last = fast.moments.at(-1);
  if (first === undefined || last === undefined) throw new Error('A course has no moment');
  const view = fast.before;
  const stages = stagesOf(fast);
  const { ending, message } = endingOf(fast);
  return {
    namespace: view.namespace,
    name: view.name,
    strategy: view.strategy,
    kind: kindOf(fast),
    replicas: view.replicas,
    from: revisionOf(view.stable),
    to: revisionOf(last.view.canary ?? last.view.stable),
    stages: plannedStages(view, stages, stagesOf(slow)),
    ending,
    message,
    peak: peakOf([...fast.moments, ...slow.moments]),
    writes: foreignWrites(stages),
    trials: plannedTrials(stages, fast.store),
    hazards: [...new Set(fast.moments.flatMap(({ hazard }) => hazard ?? []))],
    events: fast.moments.flatMap(({ events, at }) =>
      events.map(({ reason, message: text }) => ({ earliestMs: at - first.at, reason, message: text })),
    ),
    longestStartMs,
    notes: notesOf(fast),
  };
}

function kindOf({ before: { stable, canary, progress, steps } }: Course): ReleasePlan['kind'] {
  if (stable === null) return 'firstDeploy';
  if (progress === 'settled') return 'nothing';
  // A revision of that template may be there from an earlier time, without any part in an update.
  const isUnderWay = progress === 'aborted' || steps.some(({ state }) => state !== 'next');
  return canary !== null && (isUnderWay || canary.desired > 0) ? 'underWay' : 'update';
}

function revisionOf(one: RevisionView | null): PlannedRevision | null {
  return one === null ? null : { revision: one.revision, hash: one.hash, images: one.images };
}

function plannedStages(view: RolloutView, fast: readonly Stage[], slow: readonly Stage[]): readonly PlannedStage[] {
  const planned = fast.map((stage, position): PlannedStage => {
    const inSlow = slow.find(({ key }) => key === stage.key);
    return {
      kind: stage.kind,
      index: stage.index,
      text: textOf(view, stage),
      state: stage.kind === 'step' && !stage.isCompleted && stage.untilMs !== null ? 'skipped' : 'planned',
      pods: stage.pods,
      weight: stage.weight,
      waits: inSlow?.waits ?? stage.waits,
      person: stage.person,
      earliestMs: endOf(stage),
      latestMs: inSlow === undefined ? null : endOf(inSlow),
      persons: fast.slice(0, position + 1).filter(({ person }) => person).length,
    };
  });
  return withOtherSteps(view, planned);
}

/** The last stage is over when nothing happens in it any more. */
function endOf({ untilMs, moments, fromMs, kind }: Stage): number | null {
  if (kind !== 'afterwards') return untilMs;
  const beganAt = (moments[0]?.at ?? 0) - fromMs;
  const lastChange = moments.findLast(({ made }) => made.length > 0);
  return lastChange === undefined ? fromMs : lastChange.at - beganAt;
}

function textOf({ steps }: RolloutView, { index }: Stage): string {
  return index === null ? '' : (steps[index]?.text ?? '');
}

/** Steps that the rollout does not stand at: those before it, and those that it jumps over. */
function withOtherSteps(view: RolloutView, planned: readonly PlannedStage[]): readonly PlannedStage[] {
  const [first] = planned;
  if (first === undefined || view.progress !== 'underWay' || view.stable === null) return planned;
  const seen = new Map(planned.flatMap((stage) => (stage.index === null ? [] : [[stage.index, stage]])));
  const steps = view.steps.map(({ text, state }, index): PlannedStage => {
    return seen.get(index) ?? { ...ABSENT, index, text, state: state === 'done' ? 'done' : 'skipped' };
  });
  return [...steps, ...planned.filter(({ index }) => index === null)];
}

const ABSENT: Omit<PlannedStage, 'index' | 'text' | 'state'> = {
  kind: 'step',
  pods: [],
  weight: null,
  waits: [],
  person: false,
  earliestMs: null,
  latestMs: null,
  persons: 0,
};

function endingOf({ moments, isCut }: Course): { readonly ending: Ending; readonly message: string } {
  const last = moments.at(-1);
  if (last === undefined || isCut) return { ending: 'unknown', message: 'the release does not come to rest' };
  const { view, invalid } = last;
  const message = view.waitsFor?.message ?? view.message;
  if (invalid !== null) return { ending: 'invalid', message: invalid };
  if (view.progress === 'aborted') return { ending: 'aborted', message };
  if (view.phase === 'Healthy') return { ending: 'healthy', message: '' };
  return { ending: view.phase === 'Degraded' ? 'degraded' : 'standsStill', message };
}

function notesOf({ isInDoubt }: Course): readonly string[] {
  return isInDoubt
    ? ['Only the API server can say whether the template is that of an earlier revision; here it counts as a new one.']
    : [];
}
