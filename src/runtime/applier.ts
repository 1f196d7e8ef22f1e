/**
 * Executes a Plan: its writes in order, each followed by its events, until the first that fails. It
 * decides nothing and retries nothing; a plan that could not be finished is decided anew.
 */
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { EvictWrite, PatchWrite, Plan, RequireGate, Write } from '../kube/plan.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type ApiError, type ApiErrorKind, isApiError } from './api-error.ts';
import type { Client } from './client.ts';
import type { EventRecorder, EventSubject } from './event-recorder.ts';
import { soleOwnership } from './field-ownership.ts';
import type { OwnWrites } from './own-writes.ts';

/**
 * - `applied`: every write was made
 * - `conflict`: the object of `write` has moved on since the plan was made, or a gate is closed
 * - `exists`: the object that `write` creates exists already
 * - `gone`: the object that `write` patches does not exist
 * - `refused`: the server did not make `write`: it may not be, or the server failed over it, as with a webhook that is down
 *
 * In every case but the first nothing after `write` was done.
 */
export type Applied =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'conflict' | 'exists' | 'gone'; readonly write: Write }
  | { readonly outcome: 'refused'; readonly write: Write; readonly error: ApiError };

interface ApplierOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'apply' | 'patch' | 'delete' | 'evict'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly ownWrites: Pick<OwnWrites, 'record' | 'recordDismissal'>;
  readonly fieldManager: string;
  /** Asked before every write; false once another process may be writing. */
  readonly mayWrite: () => boolean;
}

/** For whom a plan is executed. */
interface ApplyRun {
  /** The work-queue key under which the writes are remembered. */
  readonly key: string;
  /** The object that the plan's events are about. */
  readonly subject: EventSubject;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

type Step =
  | { readonly outcome: 'made'; readonly response: KubeObject | undefined }
  /** A disruption budget protects the pod. */
  | { readonly outcome: 'held' }
  /** The pod is gone, or is another one by now. It was counted on, so it takes the place of one that goes. */
  | { readonly outcome: 'missed' }
  | { readonly outcome: 'conflict' | 'exists' | 'gone' }
  | { readonly outcome: 'refused'; readonly error: ApiError };

const REFUSALS: ReadonlySet<ApiErrorKind> = new Set(['invalid', 'forbidden', 'server']);

/**
 * The versions that our writes have made of the versions which the plan was computed from, by target and
 * that version. A version gets in here only when the server took a write because the object was still at
 * the older one, so that a later write may name it: nobody else has written in between.
 */
type Versions = Map<string, string>;

export class Applier {
  readonly #options: ApplierOptions;

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /**
   * Throws the ApiError of a write that failed in any other way than {@link Applied} names, and an
   * Error when this process may not write any more.
   */
  async apply(plan: Plan, run: ApplyRun): Promise<Applied> {
    const versions: Versions = new Map();
    const evicted = new Map<string, number>();
    for (const [index, write] of plan.writes.entries()) {
      if (write.op === 'evict' && isExhausted(write, evicted)) continue;
      run.signal.throwIfAborted();
      if (!this.#options.mayWrite()) throw new Error('This process does not hold the lease any more');
      const step = await this.#step(write, plan.writes.slice(index + 1), versions, run.signal);
      if (write.op === 'evict' && step.outcome !== 'held') count(write, evicted);
      if (step.outcome === 'held' || step.outcome === 'missed') {
        run.logger.info({ op: write.op, object: targetKey(write), outcome: step.outcome }, 'Not evicted');
        continue;
      }
      if (step.outcome !== 'made') return { ...step, write };
      if (write.op !== 'require') this.#note(write, step.response, run);
      for (const note of write.events ?? []) this.#options.events.record(run.subject, note);
    }
    return { outcome: 'applied' };
  }

  #note(write: Write, response: KubeObject | undefined, run: ApplyRun): void {
    if (response !== undefined)
      this.#options.ownWrites.record(run.key, write.resource, response.metadata.resourceVersion);
    if (write.op === 'evict') this.#options.ownWrites.recordDismissal(run.key, write.resource, write);
    run.logger.info({ op: write.op, object: targetKey(write), why: write.why }, 'Wrote');
  }

  async #step(write: Write, later: readonly Write[], versions: Versions, signal: AbortSignal): Promise<Step> {
    try {
      return write.op === 'require'
        ? await this.#gate(write, signal)
        : made(await this.#make(write, later, versions, signal));
    } catch (error) {
      return stepOfError(write, error);
    }
  }

  async #gate(gate: RequireGate, signal: AbortSignal): Promise<Step> {
    const { metadata } = await this.#options.client.get(gate.resource, gate, { signal });
    const isOpen = metadata.uid === gate.uid && metadata.deletionTimestamp === undefined;
    return isOpen ? made(undefined) : { outcome: 'conflict' };
  }

  async #make(
    write: Exclude<Write, RequireGate>,
    later: readonly Write[],
    versions: Versions,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    const { client, fieldManager } = this.#options;
    const { resource } = write;
    switch (write.op) {
      case 'create':
        return client.create(resource, write, write.body, { signal });
      case 'apply':
        return this.#own(write, await client.apply(resource, write, write.body, { fieldManager, signal }), signal);
      case 'patch':
        return this.#patch(write, later, versions, signal);
      case 'delete': {
        const { uid, resourceVersion } = write;
        const version = resourceVersion === undefined ? undefined : currentVersion(versions, write, resourceVersion);
        await client.delete(resource, write, {
          uid,
          ...(version === undefined ? {} : { resourceVersion: version }),
          signal,
        });
        return undefined;
      }
      case 'evict':
        await client.evict(resource, write, { uid: write.uid, signal });
        return undefined;
    }
  }

  /**
   * A patch that names no version is made whatever the object is by now. Where a later write of the plan
   * does name one, the patch is tried at that version first: if the server takes it, nobody has changed the
   * object and the later write follows; if not, the patch is made without it, and the later write, which
   * then names an outdated version, is refused as it must be.
   */
  async #patch(
    write: PatchWrite,
    later: readonly Write[],
    versions: Versions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const { resource, subresource, patch } = write;
    const send = (body: JsonObject) =>
      this.#options.client.patch(
        resource,
        write,
        body,
        subresource === undefined ? { signal } : { signal, subresource },
      );
    const computedFrom = write.resourceVersion ?? versionNamedLater(write, later);
    if (computedFrom === undefined) return send(patch);
    let response: KubeObject;
    try {
      response = await send(withVersion(patch, currentVersion(versions, write, computedFrom)));
    } catch (error) {
      if (write.resourceVersion !== undefined || !isApiError(error, 'conflict')) throw error;
      return send(patch);
    }
    versions.set(versionKey(write, computedFrom), response.metadata.resourceVersion);
    return response;
  }

  /** What we apply is ours alone, so that it goes when we leave it out. */
  async #own(write: Write, applied: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const managedFields = soleOwnership(applied, this.#options.fieldManager);
    if (managedFields === null) return applied;
    const patch = withVersion({ metadata: { managedFields } }, applied.metadata.resourceVersion);
    return this.#options.client.patch(write.resource, write, patch, { signal });
  }
}

function made(response: KubeObject | undefined): Step {
  return { outcome: 'made', response };
}

/** Errors that are ordinary answers of a world which moves on; every other is thrown again. */
function stepOfError(write: Write, error: unknown): Step {
  if (!isApiError(error)) throw error;
  const { op } = write;
  if (op === 'evict' && error.kind === 'throttled') return { outcome: 'held' };
  // Nobody promises that it is really gone: a server without evictions and one that lost a race answer the same.
  if (op === 'evict' && (error.kind === 'notFound' || error.kind === 'conflict')) return { outcome: 'missed' };
  if (error.kind === 'notFound' && op === 'delete') return made(undefined);
  if (error.kind === 'notFound' && op === 'require') return { outcome: 'conflict' };
  if (error.kind === 'notFound' && op === 'patch') return { outcome: 'gone' };
  // Only the UID can differ: the object that was to go is gone, and another has its name.
  if (error.kind === 'conflict' && op === 'delete' && write.resourceVersion === undefined) return made(undefined);
  if (error.kind === 'conflict') return { outcome: 'conflict' };
  if (error.kind === 'exists' && op === 'create') return { outcome: 'exists' };
  if (REFUSALS.has(error.kind)) return { outcome: 'refused', error };
  throw error;
}

function isExhausted({ limits }: EvictWrite, evicted: ReadonlyMap<string, number>): boolean {
  return limits.some(({ group, atMost }) => (evicted.get(group) ?? 0) >= atMost);
}

function count({ limits }: EvictWrite, evicted: Map<string, number>): void {
  for (const { group } of limits) evicted.set(group, (evicted.get(group) ?? 0) + 1);
}

function withVersion(patch: JsonObject, resourceVersion: string): JsonObject {
  return { ...patch, metadata: { ...(patch['metadata'] as JsonObject | undefined), resourceVersion } };
}

/** What the object is at by now, unless somebody else has written it since `computedFrom`. */
function currentVersion(versions: Versions, write: Write, computedFrom: string): string {
  return versions.get(versionKey(write, computedFrom)) ?? computedFrom;
}

function versionKey(write: Write, computedFrom: string): string {
  return `${targetKey(write)} ${computedFrom}`;
}

function versionNamedLater(write: Write, later: readonly Write[]): string | undefined {
  for (const one of later) {
    const version = one.op === 'patch' || one.op === 'delete' ? one.resourceVersion : undefined;
    if (version !== undefined && targetKey(one) === targetKey(write)) return version;
  }
  return undefined;
}

function targetKey({ resource, namespace, name }: Write): string {
  return `${resource.plural} ${namespace}/${name}`;
}
