/**
 * What to do now: the value between deciding and applying. The core builds plans and the runtime
 * executes them; this file is the only thing that both know.
 *
 * A plan's writes are executed in order and stop at the first failure, so any prefix of them must be
 * safe to leave behind. Nothing in a plan may depend on the effect of another write of the same plan.
 */
import type { JsonObject } from './json.ts';
import type { Resource } from './resources.ts';

/** Something to tell people as a Kubernetes Event, once the write that it belongs to has succeeded. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

interface Target {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

interface Reported {
  /** Why this write is made: a constant sentence, for logs and golden histories. */
  readonly why: string;
  /** Emitted in order after this write succeeded. */
  readonly events?: readonly EventNote[];
}

/** POST of a whole object. An object of that name that exists already is the outcome `exists`. */
export interface CreateWrite extends Target, Reported {
  readonly op: 'create';
  readonly body: JsonObject;
}

/** Server-side apply under our field manager, forced: the keys of `body` are ours afterwards, and keys we applied before and left out now are gone. */
interface ApplyWrite extends Target, Reported {
  readonly op: 'apply';
  readonly body: JsonObject;
}

/** JSON merge patch: `null` removes a key. */
export interface PatchWrite extends Target, Reported {
  readonly op: 'patch';
  readonly subresource?: 'status' | 'scale';
  readonly patch: JsonObject;
  /**
   * Version of the object that the patch was computed from; the server refuses the patch (outcome
   * `conflict`) when the object has moved on. Changes that patches of the same plan made before do not
   * count as moving on; changes that somebody else made before or in between do.
   */
  readonly resourceVersion?: string;
}

/** Background-propagated DELETE with a UID precondition. An object that is gone already counts as success. */
interface DeleteWrite extends Target, Reported {
  readonly op: 'delete';
  readonly uid: string;
  /** As with a patch: an object that has moved on since is not deleted (outcome `conflict`). */
  readonly resourceVersion?: string;
}

/** How many evictions of one plan may succeed among those that name the group. */
interface EvictionLimit {
  readonly group: string;
  readonly atMost: number;
}

/**
 * Asks for a pod to be evicted, with a UID precondition. A pod that a disruption budget protects is passed over
 * and the plan goes on; so is one whose groups have lost as many pods by this plan as they may. A pod that is
 * gone already counts as one of those, and is not told.
 */
export interface EvictWrite extends Target, Reported {
  readonly op: 'evict';
  readonly uid: string;
  readonly limits: readonly EvictionLimit[];
}

/** Not a write but a gate: a live GET; the plan stops here (outcome `conflict`) unless that very object exists and is not being deleted. */
export interface RequireGate extends Target, Reported {
  readonly op: 'require';
  readonly uid: string;
}

export type Write = CreateWrite | ApplyWrite | PatchWrite | DeleteWrite | EvictWrite | RequireGate;

export interface Plan {
  readonly writes: readonly Write[];
  /** Look again after this long even if nothing happens; absent when only an event can change anything. */
  readonly requeueAfterMs?: number;
}

export const EMPTY_PLAN: Plan = { writes: [] };
