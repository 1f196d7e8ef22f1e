/**
 * What a person can do with a rollout as it is now: for each command whether its state allows it, which rights it takes,
 * and how it is typed. Whether the person has these rights is not known here.
 */
import { workloadResource } from '../../api/schema/workload-ref.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { ANALYSIS_RUNS, ROLLOUTS, type Resource } from '../../kube/resources.ts';
import type { Command } from './commands.ts';
import type { RolloutView } from './view.ts';

export type SteeringCommand = Command | 'pause' | 'resume' | 'restart' | 'setImages' | 'undo' | 'terminate';

/** A right to patch. */
export interface NeededRight {
  readonly resource: Resource;
  readonly subresource?: 'status';
  /** Of the object; absent where it may be any of its kind. */
  readonly name?: string;
}

export interface Choice {
  readonly command: SteeringCommand;
  /** Why the state of the rollout does not allow it, a sentence without a full stop; '' when it does. */
  readonly why: string;
  readonly rights: readonly NeededRight[];
  /** `IMAGE`, `CONTAINER`, `REVISION` and `RUN` stand for what is chosen. */
  readonly kubectl: string;
}

/** In the order in which they are offered. */
export function choicesOf(rollout: Rollout, view: RolloutView): readonly Choice[] {
  const { name, namespace } = view;
  const { paused = false, workloadRef } = rollout.spec;
  const status: NeededRight = { resource: ROLLOUTS, subresource: 'status', name };
  const spec: NeededRight = { resource: ROLLOUTS, name };
  const owner = workloadRef === undefined ? spec : ownerRight(workloadRef);
  // Resuming is a part of promoting.
  const steering = paused ? [status, spec] : [status];
  const typed = (text: string): string => `kubectl argo rollouts -n ${namespace} ${text}`;
  const of = (command: Command): string => (view.commands.includes(command) ? '' : WHY_NOT[command]);
  const runs = view.revisions.flatMap(({ analysisRuns }) => analysisRuns);
  const noTemplate = owner === null ? 'spec.workloadRef names no object that can be changed' : '';
  return [
    { command: 'promote', why: of('promote'), rights: steering, kubectl: typed(`promote ${name}`) },
    { command: 'promoteFull', why: of('promoteFull'), rights: steering, kubectl: typed(`promote ${name} --full`) },
    { command: 'abort', why: of('abort'), rights: [status], kubectl: typed(`abort ${name}`) },
    { command: 'retry', why: of('retry'), rights: [status], kubectl: typed(`retry rollout ${name}`) },
    {
      command: 'pause',
      why: paused ? 'it is paused by spec.paused already' : '',
      rights: [spec],
      kubectl: typed(`pause ${name}`),
    },
    {
      command: 'resume',
      why: paused ? '' : 'it is not paused by spec.paused',
      rights: [spec],
      kubectl: `kubectl -n ${namespace} patch rollout ${name} --type=merge -p '{"spec":{"paused":false}}'`,
    },
    { command: 'restart', why: '', rights: [spec], kubectl: typed(`restart ${name}`) },
    {
      command: 'setImages',
      why: noTemplate,
      rights: owner === null ? [] : [owner],
      kubectl: typed(`set image ${name} CONTAINER=IMAGE`),
    },
    {
      command: 'undo',
      why: noTemplate || (hasEarlier(view) ? '' : 'there is no earlier revision'),
      rights: owner === null ? [] : [owner],
      kubectl: typed(`undo ${name} --to-revision=REVISION`),
    },
    {
      command: 'terminate',
      why: runs.some(({ phase }) => UNFINISHED.includes(phase)) ? '' : 'no analysis is running',
      rights: [{ resource: ANALYSIS_RUNS }],
      kubectl: typed('terminate analysisrun RUN'),
    },
  ];
}

const UNFINISHED: readonly string[] = ['', 'Pending', 'Running'];

const WHY_NOT: Readonly<Record<Command, string>> = {
  promote: 'there is nothing to go on with',
  promoteFull: 'no update is under way',
  abort: 'no update is under way',
  retry: 'no update has been aborted',
};

function ownerRight(reference: NonNullable<Rollout['spec']['workloadRef']>): NeededRight | null {
  const resource = workloadResource(reference);
  return resource === null || reference.name === undefined ? null : { resource, name: reference.name };
}

function hasEarlier({ revisions }: RolloutView): boolean {
  return revisions.filter(({ replicaSets }) => replicaSets.length > 0).length > 1;
}
