/**
 * What to do now. The core builds plans and the runtime executes them.
 *
 * The runtime makes the writes in order. It skips one that the API server refuses; any other failure ends the plan.
 * So every part of a plan must be safe by itself: no write may depend on another write of the same plan, unless it
 * says so ({@link Reported.afterAll}).
 */
import type { JsonObject } from './json.ts';
import type { Resource } from './resources.ts';

/** A Kubernetes Event to emit once its write has succeeded. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Another event of the same write says it as well: it counts in the metrics, and no Event is written for it. */
  readonly saidByAnother?: true;
}

interface Target {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

interface Reported {
  /** The reason for the write: a constant sentence, for logs and golden histories. */
  readonly why: string;
  /** One of many that say the same of an object: its log line is of level debug, not info. */
  readonly routine?: true;
  /** Only made when no write before it was refused. */
  readonly afterAll?: true;
  /** Emitted in order after this write succeeded. */
  readonly events?: readonly EventNote[];
  /** The reason of the event that tells people of a refusal, where there is one for this kind of write. */
  readonly refusedAs?: string;
}

/** POST of a whole object. The outcome is `exists` if the name is taken. */
export interface CreateWrite extends Target, Reported {
  readonly op: 'create';
  readonly body: JsonObject;
}

/**
 * Forced server-side apply under our field manager: we own the keys of `body` afterwards, and keys that we applied
 * before but not now are removed. A body with a `metadata.resourceVersion` changes the object at that version
 * (outcome `conflict` otherwise). One without makes a new object (outcome `exists` if the name is taken).
 */
export interface ApplyWrite extends Target, Reported {
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
   * `conflict`) when the object has changed since. Changes by earlier patches of the same plan do not count;
   * changes by another writer do, also those in between.
   */
  readonly resourceVersion?: string;
}

/** DELETE with background propagation and a UID precondition. A missing object counts as success. */
interface DeleteWrite extends Target, Reported {
  readonly op: 'delete';
  readonly uid: string;
  /** As with a patch: an object that has changed since is not deleted (outcome `conflict`). */
  readonly resourceVersion?: string;
}

/** How many evictions of one plan may succeed among those that name the group. */
interface EvictionLimit {
  readonly group: string;
  readonly atMost: number;
}

/**
 * Eviction of a pod, with a UID precondition. The plan skips a pod that a disruption budget protects, or whose groups
 * have already lost as many pods in this plan as they may. A missing pod counts as lost, but has no event.
 */
export interface EvictWrite extends Target, Reported {
  readonly op: 'evict';
  readonly uid: string;
  readonly limits: readonly EvictionLimit[];
}

/** Not a write but a gate: a live GET. The plan stops here (outcome `conflict`) unless the object with that UID exists and is not being deleted. */
export interface RequireGate extends Target, Reported {
  readonly op: 'require';
  readonly uid: string;
}

export type Write = CreateWrite | ApplyWrite | PatchWrite | DeleteWrite | EvictWrite | RequireGate;

/** A write that the API server did not make: it is not allowed, or a webhook of the server failed. */
export interface Refusal {
  readonly write: Write;
  /** The attempt, the object, and the API server's message. */
  readonly message: string;
}

/** Whether two writes are about the same object. */
export function sameTarget(a: Target, b: Target): boolean {
  return a.resource === b.resource && a.namespace === b.namespace && a.name === b.name;
}

export interface Plan {
  readonly writes: readonly Write[];
  /** Look again after this time even without an event; absent when only an event can change anything. */
  readonly requeueAfterMs?: number;
}

export const EMPTY_PLAN: Plan = { writes: [] };
