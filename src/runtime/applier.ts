/**
 * Executes a Plan: its writes in order, each followed by its events. It skips a refused write; any other failure
 * ends the plan. It does not retry: the next look at the Rollout makes a new plan.
 */
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { ApplyWrite, EvictWrite, PatchWrite, Plan, Refusal, RequireGate, Write } from '../kube/plan.ts';
import type { LineLogger } from '../telemetry/logger.ts';
import { type ApiError, type ApiErrorKind, isApiError } from './api-error.ts';
import type { Client } from './client.ts';
import type { EventRecorder, EventSubject } from './event-recorder.ts';
import { soleOwnership } from './field-ownership.ts';
import type { OwnWrites } from './own-writes.ts';

/**
 * - `applied`: every write was made
 * - `conflict`: the object of `write` has changed since the plan was made, or a gate is closed
 * - `exists`: the object that `write` creates exists already
 * - `gone`: the object that `write` patches does not exist
 * - `refused`: the server did not make some of the writes: they are not allowed, or the server failed, as with a webhook that is down
 *
 * With `conflict`, `exists` and `gone` no write after `write` was made. With `refused` all writes were made except the
 * refused ones and those with `afterAll`; `versions` allows another plan for the same world.
 */
export type Applied =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'conflict' | 'exists' | 'gone'; readonly write: Write }
  | { readonly outcome: 'refused'; readonly refused: readonly RefusedWrite[]; readonly versions: Versions };

interface RefusedWrite extends Refusal {
  readonly error: ApiError;
}

interface ApplierOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'apply' | 'patch' | 'delete' | 'evict'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly ownWrites: Pick<OwnWrites, 'begin' | 'record' | 'recordDismissal'>;
  readonly fieldManager: string;
  /** Asked before every write; false once another process may be writing for that key. */
  readonly mayWrite: (key: string) => boolean;
}

/** The object that a plan is executed for. */
interface ApplyRun {
  /** The work-queue key under which own-writes.ts remembers the writes. */
  readonly key: string;
  /** The object that the plan's events are about. */
  readonly subject: EventSubject;
  readonly logger: LineLogger;
  readonly signal: AbortSignal;
}

type Step =
  | { readonly outcome: 'made' }
  /** A disruption budget protects the pod. */
  | { readonly outcome: 'held' }
  /** The pod was deleted or replaced already. The plan counted on it, so it counts as an evicted one. */
  | { readonly outcome: 'missed' }
  | { readonly outcome: 'conflict' | 'exists' | 'gone' }
  | { readonly outcome: 'refused'; readonly error: ApiError };

const MADE: Step = { outcome: 'made' };

const REFUSALS: ReadonlySet<ApiErrorKind> = new Set(['invalid', 'forbidden', 'throttled', 'server']);

/**
 * A version that no object has. A forced apply without a version would take over an object that no cache has shown yet,
 * whosever it is. With this one the server makes a new object, and refuses to change one that exists (ADR 4).
 */
const NO_VERSION = '1';

/**
 * The versions that our writes made, by target and the version that the plan was computed from. A version is
 * recorded only if the server accepted a write that required the older version. Then no other writer came in
 * between, and a later write may name the new version.
 */
export type Versions = Map<string, string>;

export class Applier {
  readonly #options: ApplierOptions;

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /**
   * Throws the ApiError of a write whose failure {@link Applied} does not name, and an Error when this process may
   * not write any more. `versions` are those of an earlier plan for the same world.
   */
  async apply(plan: Plan, run: ApplyRun, versions: Versions = new Map()): Promise<Applied> {
    const evicted = new Map<string, number>();
    const refused: RefusedWrite[] = [];
    for (const [index, write] of plan.writes.entries()) {
      if (write.afterAll === true && refused.length > 0) continue;
      if (write.op === 'evict' && isExhausted(write, evicted)) continue;
      run.signal.throwIfAborted();
      if (!this.#options.mayWrite(run.key)) throw new Error('This process does not hold the lease any more');
      const step = await this.#step(write, plan.writes.slice(index + 1), versions, run);
      if (write.op === 'evict' && step.outcome !== 'held') count(write, evicted);
      if (step.outcome === 'held' || step.outcome === 'missed') {
        run.logger.info({ op: write.op, object: targetKey(write), outcome: step.outcome }, 'Not evicted');
        continue;
      }
      if (step.outcome === 'refused') {
        refused.push({ write, message: step.error.message, error: step.error });
        continue;
      }
      if (step.outcome !== 'made') return { ...step, write };
      if (write.op !== 'require') this.#note(write, run);
      for (const note of write.events ?? []) this.#options.events.record(run.subject, note);
    }
    return refused.length === 0 ? { outcome: 'applied' } : { outcome: 'refused', refused, versions };
  }

  #note(write: Write, run: ApplyRun): void {
    if (write.op === 'evict') this.#options.ownWrites.recordDismissal(run.key, write.resource, write);
    const level = write.routine === true ? 'debug' : 'info';
    run.logger[level]({ op: write.op, object: targetKey(write), why: write.why }, 'Wrote');
  }

  async #step(
    write: Write,
    later: readonly Write[],
    versions: Versions,
    { key, signal }: Pick<ApplyRun, 'key' | 'signal'>,
  ): Promise<Step> {
    const { ownWrites } = this.#options;
    const answered = ownWrites.begin(key, write.resource);
    try {
      if (write.op === 'require') return await this.#gate(write, signal);
      const response = await this.#make(write, later, versions, signal);
      if (response !== undefined) ownWrites.record(key, write.resource, response.metadata.resourceVersion);
      return MADE;
    } catch (error) {
      return stepOfError(write, error);
    } finally {
      answered();
    }
  }

  async #gate(gate: RequireGate, signal: AbortSignal): Promise<Step> {
    const { metadata } = await this.#options.client.get(gate.resource, gate, { signal });
    const isOpen = metadata.uid === gate.uid && metadata.deletionTimestamp === undefined;
    return isOpen ? MADE : { outcome: 'conflict' };
  }

  async #make(
    write: Exclude<Write, RequireGate>,
    later: readonly Write[],
    versions: Versions,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    const { client } = this.#options;
    const { resource } = write;
    switch (write.op) {
      case 'create':
        return client.create(resource, write, write.body, { signal, metadataOnly: true });
      case 'apply':
        return this.#apply(write, signal);
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
   * A patch without a version is made at any version of the object. If a later write of the plan names a version,
   * the patch is tried at that version first. If the server accepts it, no other writer has changed the object, and
   * the later write follows. If not, the patch is made without the version, and the server refuses the later write,
   * as it must.
   */
  async #patch(
    write: PatchWrite,
    later: readonly Write[],
    versions: Versions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const { resource, subresource, patch } = write;
    // The version is all that is needed of the answer. A whole status is read from the watch.
    const options = { signal, metadataOnly: true, ...(subresource === undefined ? {} : { subresource }) };
    const send = (body: JsonObject) => this.#options.client.patch(resource, write, body, options);
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

  async #apply(write: ApplyWrite, signal: AbortSignal): Promise<KubeObject> {
    const { client, fieldManager } = this.#options;
    const { resource, body } = write;
    const { resourceVersion } = (body['metadata'] ?? {}) as JsonObject;
    // The version and the owners are all that is needed of the answer.
    const send = (wanted: JsonObject) =>
      client.apply(resource, write, wanted, { fieldManager, signal, metadataOnly: true });
    if (resourceVersion !== undefined) return this.#own(write, await send(body), signal);
    try {
      return await send(withVersion(body, NO_VERSION));
    } catch (error) {
      if (!isApiError(error, 'conflict')) throw error;
      // The name is taken, which the server says plainly of a POST; or it is a server that refuses such a version always.
      const created = await client.create(resource, write, body, { signal, metadataOnly: true });
      return this.#own(write, await send(withVersion(body, created.metadata.resourceVersion)), signal);
    }
  }

  /** Makes us the only owner of what we apply, so that the server removes a key that we leave out. */
  async #own(write: Write, applied: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const managedFields = soleOwnership(applied, this.#options.fieldManager);
    if (managedFields === null) return applied;
    const patch = withVersion({ metadata: { managedFields } }, applied.metadata.resourceVersion);
    return this.#options.client.patch(write.resource, write, patch, { signal, metadataOnly: true });
  }
}

/** Ordinary errors of a changing cluster become outcomes; all others are thrown again. */
function stepOfError(write: Write, error: unknown): Step {
  if (!isApiError(error)) throw error;
  const { op } = write;
  if (op === 'evict' && error.kind === 'throttled') return { outcome: 'held' };
  // The pod may still exist: a server without evictions and one that lost a race give the same answer.
  if (op === 'evict' && (error.kind === 'notFound' || error.kind === 'conflict')) return { outcome: 'missed' };
  if (error.kind === 'notFound' && op === 'delete') return MADE;
  if (error.kind === 'notFound' && op === 'require') return { outcome: 'conflict' };
  if (error.kind === 'notFound' && op === 'patch') return { outcome: 'gone' };
  // Only the UID can differ: the object was deleted, and another one has its name.
  if (error.kind === 'conflict' && op === 'delete' && write.resourceVersion === undefined) return MADE;
  if (error.kind === 'conflict') return { outcome: 'conflict' };
  if (error.kind === 'exists' && (op === 'create' || op === 'apply')) return { outcome: 'exists' };
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

/** The current version of the object, unless another writer has changed it since `computedFrom`. */
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
