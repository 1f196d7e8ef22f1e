/**
 * Executes a Plan: its writes in order, each followed by its events, until the first that fails. It
 * decides nothing and retries nothing; a plan that could not be finished is decided anew.
 */
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Plan, RequireGate, Write } from '../kube/plan.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type ApiError, isApiError } from './api-error.ts';
import type { Client } from './client.ts';
import type { EventRecorder, EventSubject } from './event-recorder.ts';
import { soleOwnership } from './field-ownership.ts';
import type { OwnWrites } from './own-writes.ts';

/** What the server answered, one for each write that was made; a delete has no answer. */
type Responses = readonly (KubeObject | undefined)[];

/**
 * - `applied`: every write was made
 * - `conflict`: the object of `write` has moved on, or a gate is closed
 * - `exists`: the object that `write` creates exists already
 * - `gone`: the object that `write` patches does not exist
 * - `refused`: the server will not have `write` as it is, and would refuse it again
 *
 * In every case but the first nothing after `write` was done.
 */
export type Applied =
  | { readonly outcome: 'applied'; readonly responses: Responses }
  | { readonly outcome: 'conflict' | 'exists' | 'gone'; readonly write: Write; readonly responses: Responses }
  | { readonly outcome: 'refused'; readonly write: Write; readonly error: ApiError; readonly responses: Responses };

interface ApplierOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'apply' | 'patch' | 'delete'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly ownWrites: Pick<OwnWrites, 'record'>;
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
  | { readonly outcome: 'conflict' | 'exists' | 'gone' }
  | { readonly outcome: 'refused'; readonly error: ApiError };

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
    const responses: (KubeObject | undefined)[] = [];
    const versions = new Map<string, string>();
    for (const write of plan.writes) {
      run.signal.throwIfAborted();
      if (!this.#options.mayWrite()) throw new Error('This process does not hold the lease any more');
      const step = await this.#step(write, versions.get(targetKey(write)), run.signal);
      if (step.outcome !== 'made') return { ...step, write, responses };
      responses.push(step.response);
      if (write.op !== 'require') this.#note(write, step.response, versions, run);
      for (const note of write.events ?? []) this.#options.events.record(run.subject, note);
    }
    return { outcome: 'applied', responses };
  }

  #note(write: Write, response: KubeObject | undefined, versions: Map<string, string>, run: ApplyRun): void {
    if (response !== undefined) {
      const { resourceVersion } = response.metadata;
      versions.set(targetKey(write), resourceVersion);
      this.#options.ownWrites.record(run.key, write.resource, resourceVersion);
    }
    run.logger.info({ op: write.op, object: targetKey(write), why: write.why }, 'Wrote');
  }

  async #step(write: Write, versionWritten: string | undefined, signal: AbortSignal): Promise<Step> {
    try {
      return write.op === 'require'
        ? await this.#gate(write, signal)
        : made(await this.#make(write, versionWritten, signal));
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
    versionWritten: string | undefined,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    const { client, fieldManager } = this.#options;
    const { resource } = write;
    let response: KubeObject | undefined;
    switch (write.op) {
      case 'create':
        response = await client.create(resource, write, write.body, { signal });
        break;
      case 'apply':
        response = await this.#own(
          write,
          await client.apply(resource, write, write.body, { fieldManager, signal }),
          signal,
        );
        break;
      case 'patch': {
        const { subresource, patch, resourceVersion } = write;
        const body = resourceVersion === undefined ? patch : withVersion(patch, versionWritten ?? resourceVersion);
        const options = subresource === undefined ? { signal } : { signal, subresource };
        response = await client.patch(resource, write, body, options);
        break;
      }
      case 'delete':
        await client.delete(resource, write, { uid: write.uid, signal });
        break;
    }
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
function stepOfError({ op }: Write, error: unknown): Step {
  if (!isApiError(error)) throw error;
  if (error.kind === 'notFound' && op === 'delete') return made(undefined);
  if (error.kind === 'notFound' && op === 'require') return { outcome: 'conflict' };
  if (error.kind === 'notFound' && op === 'patch') return { outcome: 'gone' };
  // The UID does not match: the object that was to go is gone, and another has its name.
  if (error.kind === 'conflict' && op === 'delete') return made(undefined);
  if (error.kind === 'conflict') return { outcome: 'conflict' };
  if (error.kind === 'exists' && op === 'create') return { outcome: 'exists' };
  if (error.kind === 'invalid' || error.kind === 'forbidden') return { outcome: 'refused', error };
  throw error;
}

function withVersion(patch: JsonObject, resourceVersion: string): JsonObject {
  return { ...patch, metadata: { ...(patch['metadata'] as JsonObject | undefined), resourceVersion } };
}

function targetKey({ resource, namespace, name }: Write): string {
  return `${resource.plural} ${namespace}/${name}`;
}
