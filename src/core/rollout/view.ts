/**
 * A rollout explained to a person: the one value that the command line, the dashboard and the demo
 * show. It says what is observed and what is waited for in the words of the status and the events.
 * It decides nothing, and nothing decides by it.
 */
import { stepText } from '../../api/events.ts';
import { namedServices, type ServiceRole } from '../../api/named-services.ts';
import type { Phase } from '../../api/reasons.ts';
import type { CanaryStep } from '../../api/steps.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { blueGreenSpecOf } from '../strategies/blue-green/blue-green-spec.ts';
import { pauseEnd as pauseBeforeSwitchEnd } from '../strategies/blue-green/gate.ts';
import { pauseEnd } from '../strategies/canary/advance.ts';
import { canarySpecOf } from '../strategies/canary/canary-spec.ts';
import { routerOf } from '../traffic/routers.ts';
import type { Command } from './commands.ts';
import { selectedHash } from './endpoints.ts';
import {
  availableReplicasOf,
  readyReplicasOf,
  revisionOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  statusReplicasOf,
  templateHashOf,
} from './replica-sets.ts';
import { resolveTemplate } from './resolve-template.ts';
import { situationOf, type Situation } from './situation.ts';
import { reportedPhase, waitView, type WaitView } from './view-wait.ts';
import type { RolloutWorld } from './world.ts';

/** What a view is made from: objects that a person may read anyway, no pods and no endpoints. */
export type ViewedWorld = Omit<RolloutWorld, 'pods' | 'endpoints' | 'ingressClasses' | 'propagationMs'>;

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
  readonly canaryIngresses: readonly CanaryIngressView[];
  /** What keeps the rollout from moving or from being healthy; `null` when nothing does. */
  readonly waitsFor: WaitView | null;
  /** What a person can tell it to do now. */
  readonly commands: readonly Command[];
}

export interface StepView {
  readonly text: string;
  readonly state: 'done' | 'current' | 'next';
  /** When the step is over by itself, milliseconds since the epoch; only of a timed pause that has begun. */
  readonly endsAt: number | null;
}

/** Several canary Ingresses may disagree while a change is under way. */
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
  /** When its pods are to go, milliseconds since the epoch; `null` when that is not planned. */
  readonly scaleDownAt: number | null;
}

interface ServiceSelection {
  readonly name: string;
  readonly role: ServiceRole;
  /** The revision that its selector names; '' when it names none. */
  readonly hash: string;
  readonly selects: 'stable' | 'canary' | 'another revision' | 'every pod' | 'missing';
}

interface CanaryIngressView {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export function viewRollout(world: ViewedWorld): RolloutView {
  const seen = { ...world, pods: [], endpoints: new Map(), ingressClasses: new Map(), propagationMs: null };
  const resolved = resolveTemplate(seen);
  const situation = situationOf('problem' in resolved ? seen : resolved.world);
  const { namespace, name, replicas, stable, canary, retired } = situation;
  const progress = progressOf(situation);
  const steps = stepsOf(situation, progress);
  const reported = reportedPhase(situation);
  return {
    namespace,
    name,
    phase: reported.phase,
    message: reported.message,
    progress,
    replicas,
    steps,
    weight: weightOf(situation),
    stable: revisionView(stable),
    canary: canary === stable ? null : revisionView(canary),
    retired: retired
      .filter((one) => specReplicasOf(one) > 0 || statusReplicasOf(one) > 0)
      .flatMap((one) => revisionView(one) ?? []),
    services: servicesOf(situation),
    canaryIngresses: [...world.ingresses.values()]
      .filter((one) => isControlledBy(one, world.rollout.metadata.uid))
      .map((one) => ({ name: one.metadata.name, annotations: one.metadata.annotations ?? {} })),
    waitsFor: waitView(situation, reported, pauseEndsAt(situation, steps)),
    commands: commandsOf(situation, progress),
  };
}

/** Of a timed step, or of the pause before a switch. */
function pauseEndsAt(situation: Situation, steps: readonly StepView[]): number | null {
  const { pauseConditions = [] } = situation.status;
  const step = steps.find(({ state }) => state === 'current');
  return step?.endsAt ?? pauseBeforeSwitchEnd(blueGreenSpecOf(situation), { pauseConditions });
}

function progressOf({ status, canaryHash }: Situation): RolloutView['progress'] {
  if (status.stableRS === canaryHash) return 'settled';
  return status.abort === true && status.currentPodHash === canaryHash ? 'aborted' : 'underWay';
}

function stepsOf(situation: Situation, progress: RolloutView['progress']): readonly StepView[] {
  const { status } = situation;
  const { steps } = canarySpecOf(situation);
  const current = positionOf(situation, progress, steps.length);
  return steps.map((step, index) => {
    const state = index < current.done ? 'done' : index === current.done && current.started ? 'current' : 'next';
    const pause = state === 'current' ? status.pauseConditions?.[0] : undefined;
    return { text: stepText(step), state, endsAt: pause === undefined ? null : endOf(step, pause.startTime) };
  });
}

interface Position {
  readonly done: number;
  readonly started: boolean;
}

/** A status that speaks of another template says nothing about the steps of this one, and an abort gives them all up. */
function positionOf(situation: Situation, progress: RolloutView['progress'], count: number): Position {
  const { status, canaryHash } = situation;
  if (progress === 'settled') return { done: count, started: false };
  return progress === 'underWay' && status.currentPodHash === canaryHash
    ? { done: status.currentStepIndex ?? 0, started: true }
    : { done: 0, started: false };
}

function endOf(step: CanaryStep, startTime: string): number | null {
  return step.pause === undefined ? null : pauseEnd(step, startTime);
}

function weightOf(situation: Situation): WeightView | null {
  const router = routerOf(situation.rollout);
  if (!router.routes) return null;
  const { lowestWeight: lowest, highestWeight: highest } = router.observe(situation);
  // A router that is told to route nothing has nothing to observe; such a spec is refused elsewhere.
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) return null;
  return { lowest, highest, total: canarySpecOf(situation).maxWeight };
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

function commandsOf({ status, rollout }: Situation, progress: RolloutView['progress']): readonly Command[] {
  if (progress === 'aborted') return ['retry', 'promoteFull'];
  if (progress === 'settled') return rollout.spec.paused === true ? ['promote'] : [];
  // The first deployment has nothing to go back to.
  if ((status.stableRS ?? '') === '') return [];
  const isPaused = rollout.spec.paused === true || (status.pauseConditions ?? []).length > 0;
  // Without steps there is nothing to skip.
  const canPromote = isPaused || (rollout.spec.strategy?.canary?.steps ?? []).length > 0;
  return canPromote ? ['promote', 'promoteFull', 'abort'] : ['promoteFull', 'abort'];
}
