/**
 * The part of the status that the API defines as memory: what the controller has to remember from
 * one look to the next, and what a person changes to steer. Everything else in the status is report.
 * What a single strategy remembers beside this is in the folder of the strategy.
 */
import { deepEqual } from '../../kube/merge-patch.ts';
import type { PauseCondition, RolloutStatus, WorkloadScaleDown } from '../../api/schema/status.ts';

export interface Memory {
  /** Template hash of the last promoted revision, '' before the first promotion. */
  readonly stableRS: string;
  readonly currentPodHash: string;
  readonly pauseConditions: readonly PauseCondition[];
  /** True from the moment the controller pauses until the resume has been handled; without a pause condition it means that a person resumed. */
  readonly controllerPause: boolean;
  readonly abort: boolean;
  readonly abortedAt: string | null;
  readonly promoteFull: boolean;
  readonly restartedAt: string | null;
  /** How far the Deployment of workloadRef has been scaled down; `null` before that begins. */
  readonly workloadScaleDown: WorkloadScaleDown | null;
}

const ABSENT: Memory = {
  stableRS: '',
  currentPodHash: '',
  pauseConditions: [],
  controllerPause: false,
  abort: false,
  abortedAt: null,
  promoteFull: false,
  restartedAt: null,
  workloadScaleDown: null,
};

export const MEMORY_FIELDS: readonly (keyof RolloutStatus)[] = fieldsOf(ABSENT);

export function recall(status: RolloutStatus): Memory {
  return recalled(ABSENT, status);
}

/** The memory as status fields; what is not set disappears from the status. */
export function remembered(memory: Memory): RolloutStatus {
  const { stableRS, currentPodHash } = memory;
  // Clients look for these two whether or not there is a revision to name.
  return { ...written(ABSENT, memory), stableRS, currentPodHash };
}

/** What all strategies remember is equal in both. */
export function remembersTheSame(one: Memory, other: Memory): boolean {
  return fieldsOf(ABSENT).every((field) => deepEqual(one[field], other[field]));
}

/** The template is that of the stable revision, because it was promoted or because a person went back to it. */
export function isPromoted({ stableRS }: Memory, templateHash: string): boolean {
  return stableRS !== '' && stableRS === templateHash;
}

/** Nothing pauses any more. */
export const NO_PAUSE = { pauseConditions: [], controllerPause: false } as const satisfies Partial<Memory>;

/** Not aborted any more. */
export const NO_ABORT = { abort: false, abortedAt: null } as const satisfies Partial<Memory>;

/** Fields of a status as they are stored: one that says nothing is not there. */
type Stored<Fields> = { readonly [Field in keyof Fields]?: NonNullable<Fields[Field]> };

/** The fields that `absent` names, each worth what `absent` says where `stored` does not have it. */
export function recalled<Fields extends object>(absent: Fields, stored: Stored<Fields> = {}): Fields {
  const fields = { ...absent };
  for (const field of fieldsOf(absent)) fields[field] = stored[field] ?? absent[field];
  return fields;
}

/** The fields that `absent` names, without those that are worth as much as an absent one. */
export function written<Fields extends object>(absent: Fields, memory: Fields): Stored<Fields> {
  const told = fieldsOf(absent).filter((field) => !deepEqual(memory[field], absent[field]));
  return Object.fromEntries(told.map((field) => [field, memory[field]])) as Stored<Fields>;
}

export function fieldsOf<Fields extends object>(absent: Fields): readonly (keyof Fields)[] {
  return Object.keys(absent) as (keyof Fields)[];
}
