/**
 * The Kubernetes API as a few verbs over `Resource`: JSON in and out, with a rate limit, a time limit on
 * every request, retries when the server asks for them, and one kind of error.
 */
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import { type Resource, apiVersionOf } from '../kube/resources.ts';
import { type Attempt, errorOfResponse, isApiError } from './api-error.ts';
import { acceptOf, creationPath, selectionQuery, type Target, targetOf, type Verb, withQuery } from './api-path.ts';
import {
  DEFAULT_TIMEOUT_MS,
  type ApplyOptions,
  type ClientOptions,
  type CreateOptions,
  type DeleteOptions,
  type EvictOptions,
  type ListOptions,
  type ObjectName,
  type ObjectRequest,
  type PatchOptions,
  type RequestOptions,
  type WatchOptions,
} from './client-options.ts';
import { type Clock, sleep } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import { WatchLines } from './watch-lines.ts';
import {
  isRecord,
  type ListPage,
  malformed,
  objectOf,
  pageOf,
  parse,
  parseLeniently,
  retryAfterMsOf,
  watchEventOf,
} from './wire.ts';

const MAX_PATIENCE = 5;

export class Client {
  readonly #transport: ClientOptions['transport'];
  readonly #clock: Clock;
  readonly #metrics: ClientOptions['metrics'];
  readonly #userAgent: string;
  readonly #limit: TokenBucket;
  readonly #timeoutMs: number;

  constructor(options: ClientOptions) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#userAgent = options.userAgent;
    this.#limit = new TokenBucket(options.clock, options.qps, options.burst);
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** The object as it is now. Like every method below it rejects with an ApiError, or with the signal's reason when aborted. */
  async get(resource: Resource, object: ObjectName, options: RequestOptions = {}): Promise<KubeObject> {
    return this.#object('Get', resource, object, options, { method: 'GET' });
  }

  /** One page of a list. The items are not validated: the caller checks each by itself. */
  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    const query = selectionQuery(options);
    if (options.limit !== undefined) query.set('limit', String(options.limit));
    if (options.continueToken !== undefined) query.set('continue', options.continueToken);
    const target = targetOf('List', resource, { ...options });
    const response = await this.#send(target, options.signal, {
      method: 'GET',
      path: withQuery(target.path, query),
      headers: { accept: acceptOf('PartialObjectMetadataList', options.metadataOnly) },
      timeoutMs: this.#timeoutMs,
    });
    return pageOf(target.attempt, parse(target.attempt, response.body, options));
  }

  /**
   * Streams the changes after a version. Resolves when the server ends the watch. An event of type
   * ERROR rejects with the ApiError that it carries, of kind `expired` when the version is too old.
   */
  async watch(resource: Resource, options: WatchOptions): Promise<void> {
    const query = selectionQuery(options);
    query.set('watch', '1');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', options.resourceVersion);
    query.set('timeoutSeconds', String(options.timeoutSeconds));
    const target = targetOf('Watch', resource, { ...options });
    const lines = new WatchLines((line) => options.onEvent(watchEventOf(target.attempt, line, options)));
    await this.#send(target, options.signal, {
      method: 'GET',
      path: withQuery(target.path, query),
      headers: { accept: acceptOf('PartialObjectMetadata', options.metadataOnly) },
      timeoutMs: this.#timeoutMs,
      ...(options.onOpened === undefined ? {} : { onOpened: options.onOpened }),
      onChunk: (chunk) => {
        options.onActivity?.();
        lines.push(chunk);
      },
    });
  }

  /** POST; an object of that name is an error of kind `exists`. */
  async create(
    resource: Resource,
    object: ObjectName,
    body: JsonObject,
    { fieldValidation, metadataOnly, ...options }: CreateOptions = {},
  ): Promise<KubeObject> {
    return this.#object('Create', resource, object, options, {
      method: 'POST',
      path: creationPath(resource, object, fieldValidation === undefined ? {} : { fieldValidation }),
      headers: { accept: acceptOf('PartialObjectMetadata', metadataOnly) },
      body: JSON.stringify(body),
    });
  }

  /** A dry run: the object as a POST would store it, with defaults and admission. It has no version. */
  dryRunCreate(resource: Resource, object: ObjectName, body: JsonObject, options?: RequestOptions) {
    return this.#posted(resource, object, body, { dryRun: 'All' }, options);
  }

  /** A question that the API server answers at once: the object with its status. Nothing is stored. */
  review(resource: Resource, spec: JsonObject): Promise<JsonObject> {
    const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, spec };
    return this.#posted(resource, { name: 'of this user' }, body, {});
  }

  /** Forced server-side apply: `fieldManager` owns the keys of `body` afterwards, and the keys that it applied before but not now are removed. */
  async apply(
    resource: Resource,
    object: ObjectName,
    body: JsonObject,
    { fieldManager, metadataOnly, ...options }: ApplyOptions,
  ): Promise<KubeObject> {
    const query = new URLSearchParams({ fieldManager, force: 'true' });
    const whole = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...body };
    return this.#object('Patch', resource, object, options, {
      method: 'PATCH',
      path: withQuery(targetOf('Patch', resource, object).path, query),
      headers: {
        accept: acceptOf('PartialObjectMetadata', metadataOnly),
        'content-type': 'application/apply-patch+yaml',
      },
      body: JSON.stringify(whole),
    });
  }

  /**
   * JSON merge patch: `null` removes a key. With a `metadata.resourceVersion`, every concurrent change is a `conflict`.
   * A list is a JSON patch of these operations.
   */
  async patch(
    resource: Resource,
    object: ObjectName,
    patch: JsonObject | readonly JsonObject[],
    { subresource, metadataOnly, ...options }: PatchOptions = {},
  ): Promise<KubeObject> {
    return this.#object('Patch', resource, object, options, {
      method: 'PATCH',
      ...(subresource === undefined ? {} : { subresource }),
      headers: {
        accept: acceptOf('PartialObjectMetadata', metadataOnly),
        'content-type': `application/${Array.isArray(patch) ? 'json-patch' : 'merge-patch'}+json`,
      },
      body: JSON.stringify(patch),
    });
  }

  /** By default with background propagation: dependents are deleted later. */
  async delete(
    resource: Resource,
    object: ObjectName,
    { uid, resourceVersion, propagation = 'Background', ...options }: DeleteOptions = {},
  ): Promise<void> {
    // JSON.stringify leaves undefined keys out.
    const body = { propagationPolicy: propagation, preconditions: { uid, resourceVersion } };
    const target = targetOf('Delete', resource, object);
    await this.#send(target, options.signal, {
      method: 'DELETE',
      path: target.path,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: this.#timeoutMs,
    });
  }

  /** Evicts a pod. If a disruption budget protects it, the error is of kind `throttled`; there is no retry. */
  async evict(resource: Resource, { namespace, name }: ObjectName, { uid, signal }: EvictOptions): Promise<void> {
    const target = targetOf('Evict', resource, { ...(namespace === undefined ? {} : { namespace }), name }, 'eviction');
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace, name },
      deleteOptions: { preconditions: { uid } },
    };
    const request = {
      method: 'POST',
      path: target.path,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: this.#timeoutMs,
    } as const;
    await this.#send(target, signal, request, 0);
  }

  async #posted(
    resource: Resource,
    object: ObjectName,
    body: JsonObject,
    query: Readonly<Record<string, string>>,
    options: RequestOptions = {},
  ): Promise<JsonObject> {
    const request = {
      method: 'POST',
      path: creationPath(resource, object, query),
      body: JSON.stringify(body),
    } as const;
    const { attempt, answer } = await this.#json('Create', resource, object, options, request);
    if (!isRecord(answer)) throw malformed(attempt, 'the answer is not an object');
    return answer as JsonObject;
  }

  async #object(
    verb: Verb,
    resource: Resource,
    object: ObjectName,
    options: RequestOptions,
    request: ObjectRequest,
  ): Promise<KubeObject> {
    const { attempt, answer } = await this.#json(verb, resource, object, options, request);
    return objectOf(attempt, answer);
  }

  async #json(
    verb: Verb,
    resource: Resource,
    object: ObjectName,
    options: RequestOptions,
    { subresource, ...request }: ObjectRequest,
  ): Promise<{ readonly attempt: Attempt; readonly answer: unknown }> {
    const target = targetOf(verb, resource, object, subresource);
    const response = await this.#send(target, options.signal, {
      path: target.path,
      timeoutMs: this.#timeoutMs,
      ...request,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...request.headers },
    });
    return { attempt: target.attempt, answer: parse(target.attempt, response.body) };
  }

  /** Repeats the request while the server answers "later", at most `retries` times, and returns the answer of a success. */
  async #send(
    target: Target,
    signal: AbortSignal | undefined,
    request: Omit<HttpRequest, 'attempt' | 'signal'>,
    retries = MAX_PATIENCE,
  ): Promise<HttpResponse> {
    const { attempt } = target;
    for (let patience = retries; ; patience -= 1) {
      await this.#wait('rate-limit', this.#limit.reserveMs(), signal);
      const response = await this.#sendOnce(target, {
        ...request,
        headers: { 'user-agent': this.#userAgent, ...request.headers },
        attempt,
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.status >= 200 && response.status < 300) return response;
      const retryAfterMs = retryAfterMsOf(response);
      if (retryAfterMs === undefined || patience === 0)
        throw errorOfResponse(attempt, response.status, parseLeniently(response.body));
      await this.#wait('retry-after', retryAfterMs, signal);
    }
  }

  async #sendOnce(target: Target, request: HttpRequest): Promise<HttpResponse> {
    try {
      const response = await this.#transport.send(request);
      this.#count(target, String(response.status));
      return response;
    } catch (error) {
      // An ERROR event comes inside an answer that began with 200.
      if (isApiError(error)) this.#count(target, error.kind === 'network' ? 'error' : '200');
      throw error;
    }
  }

  #count({ resource, namespace, metricName, verb }: Target, statusCode: string): void {
    const labels = { namespace, name: metricName, kind: resource.plural, verb, status_code: statusCode };
    this.#metrics.apiRequests.inc(labels);
  }

  async #wait(cause: 'rate-limit' | 'retry-after', delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (delayMs <= 0) return;
    this.#metrics.clientThrottleSeconds.inc({ cause }, delayMs / 1000);
    await sleep(this.#clock, delayMs, signal);
    signal?.throwIfAborted();
  }
}
