/**
 * A rollout explained to a person: the one value that the command line, the dashboard and the demo show. It says what is
 * observed and what is waited for, in the words of the status and the events. No decision depends on it.
 */
import { stepText } from '../../api/events.ts';
import { namedServices, type ServiceRole } from '../../api/schema/named-services.ts';
import type { Phase } from '../../api/words/reasons.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { strategyOf } from '../strategies/strategies.ts';
import type { StrategyView } from '../strategies/strategy.ts';
import type { ShownRoute } from '../traffic/router.ts';
import { routerOf, shownRoutes } from '../traffic/routers.ts';
import type { Command } from './commands.ts';
import { selectedHash } from '../observed/endpoints.ts';
import {
  availableReplicasOf,
  readyReplicasOf,
  revisionOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  statusReplicasOf,
  templateHashOf,
} from '../observed/replica-sets.ts';
import { resolveTemplate } from '../observed/resolve-template.ts';
import { situationOf, type Situation } from '../observed/situation.ts';
import { reportedPhase, waitView, type WaitView } from './wait.ts';
import type { RolloutWorld } from '../observed/world.ts';

/** What a view is made from: objects that a person may read anyway, no pods and no endpoints. */
export type ViewedWorld = Omit<
  RolloutWorld,
  | 'analysis'
  | 'experiments'
  | 'claimedServices'
  | 'defaultedTemplate'
  | 'pods'
  | 'endpoints'
  | 'propagationMs'
  | 'refused'
>;

export interface RolloutView {
  readonly namespace: string;
  readonly name: string;
  readonly phase: Phase;
  /** The status's own sentence about the phase; '' when there is nothing to say. */
  readonly message: string;
  /** Whether the present template is stable (`settled`), on its way (`underWay`), or was given up (`aborted`). */
  readonly progress: 'settled' | 'underWay' | 'aborted';
  readonly replicas: number;
  readonly steps: readonly StepView[];
  /** The canary's share of the requests; `null` without a router, where the number of pods divides them. */
  readonly weight: WeightView | null;
  readonly stable: RevisionView | null;
  /** The present template beside the stable one; `null` when they are the same or it has no ReplicaSet yet. */
  readonly canary: RevisionView | null;
  /** Earlier revisions that still have pods, oldest first. */
  readonly retired: readonly RevisionView[];
  readonly services: readonly ServiceSelection[];
  /** The objects that carry the weight. */
  readonly routes: readonly ShownRoute[];
  /** What keeps the rollout from moving or from being healthy; `null` when nothing does. */
  readonly waitsFor: WaitView | null;
  /** The commands that a person can give now. */
  readonly commands: readonly Command[];
}

export interface StepView {
  readonly text: string;
  readonly state: 'done' | 'current' | 'next';
  /** When the step is over by itself, milliseconds since the epoch; only of a timed pause that has begun. */
  readonly endsAt: number | null;
}

/** Several objects may disagree while a change is under way. */
export interface WeightView {
  readonly lowest: number;
  readonly highest: number;
  /** What all requests together weigh. */
  readonly total: number;
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

interface ServiceSelection {
  readonly name: string;
  readonly role: ServiceRole;
  /** The revision that its selector names; '' when it names none. */
  readonly hash: string;
  readonly selects: 'stable' | 'canary' | 'another revision' | 'every pod' | 'missing';
}

export function viewRollout(world: ViewedWorld): RolloutView {
  const unseen = {
    analysis: { runs: [], templates: new Map(), inTheWay: [], takenNames: new Set<string>(), unreadable: null },
    experiments: { own: [], inTheWay: [], unreadable: null },
    defaultedTemplate: null,
    pods: [],
    claimedServices: new Set<string>(),
    endpoints: new Map(),
  };
  const seen = { ...world, ...unseen, propagationMs: null, refused: [] };
  const resolved = resolveTemplate(seen);
  const situation = situationOf('problem' in resolved ? seen : resolved.world);
  const { namespace, name, replicas, stable, canary, retired } = situation;
  const progress = progressOf(situation);
  const strategy = strategyOf(situation.rollout).view(situation);
  const reported = reportedPhase(situation);
  return {
    namespace,
    name,
    phase: reported.phase,
    message: reported.message,
    progress,
    replicas,
    steps: stepsOf(situation, progress, strategy),
    weight: weightOf(situation, strategy),
    stable: revisionView(stable),
    canary: canary === stable ? null : revisionView(canary),
    retired: retired
      .filter((one) => specReplicasOf(one) > 0 || statusReplicasOf(one) > 0)
      .flatMap((one) => revisionView(one) ?? []),
    services: servicesOf(situation),
    routes: shownRoutes(situation),
    waitsFor: waitView(situation, reported, strategy.pauseEndsAt),
    commands: commandsOf(situation, progress, strategy),
  };
}

function progressOf({ status, canaryHash }: Situation): RolloutView['progress'] {
  if (status.stableRS === canaryHash) return 'settled';
  return status.abort === true && status.currentPodHash === canaryHash ? 'aborted' : 'underWay';
}

function stepsOf(situation: Situation, progress: RolloutView['progress'], strategy: StrategyView): readonly StepView[] {
  const current = positionOf(situation, progress, strategy);
  return strategy.steps.map((step, index) => {
    const state = index < current.done ? 'done' : index === current.done && current.started ? 'current' : 'next';
    return { text: stepText(step), state, endsAt: state === 'current' ? strategy.pauseEndsAt : null };
  });
}

interface Position {
  readonly done: number;
  readonly started: boolean;
}

/** A status of another template says nothing about the steps of this one, and an abort gives them all up. */
function positionOf(
  { status, canaryHash }: Situation,
  progress: RolloutView['progress'],
  { steps, stepsDone }: StrategyView,
): Position {
  if (progress === 'settled') return { done: steps.length, started: false };
  return progress === 'underWay' && status.currentPodHash === canaryHash
    ? { done: stepsDone, started: true }
    : { done: 0, started: false };
}

function weightOf(situation: Situation, { totalWeight: total }: StrategyView): WeightView | null {
  const router = routerOf(situation.rollout);
  if (!router.routes) return null;
  const { lowestWeight: lowest, highestWeight: highest } = router.observe(situation);
  // A router without objects has nothing to observe; validation refuses such a spec.
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) return null;
  return { lowest, highest, total };
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

function imagesOf(podSpec: JsonObject | undefined): readonly string[] {
  const containers = podSpec?.['containers'];
  if (!Array.isArray(containers)) return [];
  return (containers as readonly JsonObject[]).flatMap(({ image }) => (typeof image === 'string' ? [image] : []));
}

function servicesOf(situation: Situation): readonly ServiceSelection[] {
  return namedServices(situation.rollout).map(({ name, role }) => {
    const hash = selectedHash(situation, name);
    return { name, role, hash, selects: selectionOf(situation, name, hash) };
  });
}

function selectionOf(situation: Situation, service: string, hash: string): ServiceSelection['selects'] {
  if (!situation.world.services.has(service)) return 'missing';
  if (hash === '') return 'every pod';
  if (hash === situation.status.stableRS) return 'stable';
  return hash === situation.canaryHash ? 'canary' : 'another revision';
}

function commandsOf(
  { status, rollout }: Situation,
  progress: RolloutView['progress'],
  { steps }: StrategyView,
): readonly Command[] {
  if (progress === 'aborted') return ['retry', 'promoteFull'];
  if (progress === 'settled') return rollout.spec.paused === true ? ['promote'] : [];
  // The first deployment has nothing to go back to.
  if ((status.stableRS ?? '') === '') return [];
  const isPaused = rollout.spec.paused === true || (status.pauseConditions ?? []).length > 0;
  // Without steps there is nothing to skip.
  const canPromote = isPaused || steps.length > 0;
  return canPromote ? ['promote', 'promoteFull', 'abort'] : ['promoteFull', 'abort'];
}
