/**
 * A rollout explained to a person: the one value that the command line, the dashboard and the demo show. It says what is
 * observed and what is waited for, in the words of the status and the events. No decision depends on it.
 */
import type { Phase } from '../../api/words/reasons.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { strategyOf } from '../strategies/strategies.ts';
import type { StrategyView } from '../strategies/strategy.ts';
import type { ShownRoute } from '../traffic/router.ts';
import { shownRoutes } from '../traffic/routers.ts';
import type { Command } from './commands.ts';
import {
  availableReplicasOf,
  readyReplicasOf,
  revisionOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  statusReplicasOf,
  templateHashOf,
} from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import { parseTime } from '../../kube/time.ts';
import { countsOf, type PodCounts } from './counts.ts';
import { explain, type Explanation } from './explanation.ts';
import { imageViews, type ImageView } from './images.ts';
import { imagesOf } from './replica-set.ts';
import { revisionTrees, type RevisionTree } from './revisions.ts';
import { progressOf, stepsDoneOf, stepsOf, type Progress, type StepView } from './steps.ts';
import { serviceSelections, type ServiceSelection } from './services.ts';
import { NOTHING_AROUND } from './surroundings.ts';
import { situationSeen, type ViewedWorld } from './viewed-world.ts';
import { reportedPhase, waitView, type WaitView } from './wait.ts';
import { shareOf, weightOf, type ShareView, type WeightView } from './weight.ts';

export interface RolloutView {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  /** `canary` or `blueGreen`, as in the spec. */
  readonly strategy: string;
  readonly phase: Phase;
  /** The status's own sentence about the phase; '' when there is nothing to say. */
  readonly message: string;
  readonly progress: Progress;
  readonly replicas: number;
  /** As the status counts them. */
  readonly counts: PodCounts;
  readonly steps: readonly StepView[];
  /** How many of the steps are done; `null` without steps. */
  readonly stepsDone: number | null;
  /** What the present template is to get of the requests, and gets; `null` where no share is asked for. */
  readonly share: ShareView | null;
  /** The canary's share of the requests; `null` without a router, where the number of pods divides them. */
  readonly weight: WeightView | null;
  readonly images: readonly ImageView[];
  readonly stable: RevisionView | null;
  /** The present template beside the stable one; `null` when they are the same or it has no ReplicaSet yet. */
  readonly canary: RevisionView | null;
  /** Earlier revisions that still have pods, oldest first. */
  readonly retired: readonly RevisionView[];
  /** Everything that belongs to the rollout, newest revision first. */
  readonly revisions: readonly RevisionTree[];
  readonly services: readonly ServiceSelection[];
  /** The objects that carry the weight. */
  readonly routes: readonly ShownRoute[];
  /** What keeps the rollout from moving or from being healthy; `null` when nothing does. */
  readonly waitsFor: WaitView | null;
  /** The commands that a person can give now. */
  readonly commands: readonly Command[];
  /** Why the rollout is where it is, and what ends that. */
  readonly explanation: Explanation;
}

export interface RevisionView {
  readonly replicaSet: string;
  readonly hash: string;
  /** 0 when the ReplicaSet does not say. */
  readonly revision: number;
  /** Of the containers, in their order. */
  readonly images: readonly string[];
  readonly desired: number;
  readonly ready: number;
  readonly available: number;
  /** When its pods are to be removed, milliseconds since the epoch; `null` when that is not planned. */
  readonly scaleDownAt: number | null;
}

export function viewRollout(world: ViewedWorld): RolloutView {
  const situation = situationSeen(world);
  const { namespace, name, replicas, stable, canary, retired } = situation;
  const progress = progressOf(situation);
  const strategy = strategyOf(situation.rollout).view(situation);
  const reported = reportedPhase(situation);
  const steps = stepsOf(situation, progress, strategy);
  const around = world.around ?? NOTHING_AROUND;
  const revisions = revisionTrees(situation, strategy, around);
  const commands = commandsOf(situation, progress, strategy);
  return {
    namespace,
    name,
    createdAt: parseTime(situation.rollout.metadata.creationTimestamp),
    strategy: strategyOf(situation.rollout).name,
    phase: reported.phase,
    message: reported.message,
    progress,
    replicas,
    counts: countsOf(situation.status),
    steps,
    stepsDone: stepsDoneOf(steps),
    share: shareOf(situation, progress, strategy),
    weight: weightOf(situation, strategy),
    images: imageViews([
      ...revisions.flatMap(({ replicaSets }) => replicaSets),
      ...revisions.flatMap(({ experiments }) => experiments.flatMap(({ replicaSets }) => replicaSets)),
    ]),
    stable: revisionView(stable),
    canary: canary === stable ? null : revisionView(canary),
    retired: retired
      .filter((one) => specReplicasOf(one) > 0 || statusReplicasOf(one) > 0)
      .flatMap((one) => revisionView(one) ?? []),
    revisions,
    services: serviceSelections(situation),
    routes: shownRoutes(situation),
    waitsFor: waitView(situation, reported, strategy.pauseEndsAt),
    commands,
    explanation: explain(situation, { reported, pauseEndsAt: strategy.pauseEndsAt, commands, around }),
  };
}

function revisionView(replicaSet: ReplicaSet | null): RevisionView | null {
  if (replicaSet === null) return null;
  return {
    replicaSet: replicaSet.metadata.name,
    hash: templateHashOf(replicaSet),
    revision: revisionOf(replicaSet),
    images: imagesOf(replicaSet.spec.template.spec),
    desired: specReplicasOf(replicaSet),
    ready: readyReplicasOf(replicaSet),
    available: availableReplicasOf(replicaSet),
    scaleDownAt: specReplicasOf(replicaSet) === 0 ? null : scaleDownDeadlineOf(replicaSet),
  };
}

function commandsOf({ status, rollout }: Situation, progress: Progress, { steps }: StrategyView): readonly Command[] {
  if (progress === 'aborted') return ['retry', 'promoteFull'];
  if (progress === 'settled') return rollout.spec.paused === true ? ['promote'] : [];
  // The first deployment has nothing to go back to.
  if ((status.stableRS ?? '') === '') return [];
  const isPaused = rollout.spec.paused === true || (status.pauseConditions ?? []).length > 0;
  // Without steps there is nothing to skip.
  const canPromote = isPaused || steps.length > 0;
  return canPromote ? ['promote', 'promoteFull', 'abort'] : ['promoteFull', 'abort'];
}
