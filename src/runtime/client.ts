/**
 * The Kubernetes API as a few verbs over `Resource`: JSON in and out, rate-limited, with a time limit
 * on every request, patience when the server asks for it, and one kind of error. It keeps nothing
 * about the objects; caches are the informer's.
 */
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import { type Resource, apiVersionOf } from '../kube/resources.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ApiError, type Attempt, errorOfResponse, isApiError } from './api-error.ts';
import { type Clock, sleep } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';
import { WatchLines } from './watch-lines.ts';

interface ClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'apiRequests' | 'clientThrottleSeconds'>;
  readonly userAgent: string;
  /** Requests a second in the long run. */
  readonly qps: number;
  /** Requests at once after a quiet time. */
  readonly burst: number;
  readonly timeoutMs?: number;
}

/** Which object; without a namespace for cluster-scoped resources. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
  /** Objects without spec and status. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface ListPage {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  /** Empty on the last page. */
  readonly continueToken: string;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly metadataOnly?: boolean;
  /** Events after this version. */
  readonly resourceVersion: string;
  /** After this time the server ends the watch by itself. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Called for every event in order; what it throws ends the watch and is what `watch` rejects with. */
  readonly onEvent: (event: WatchEvent) => void;
  /** Called whenever bytes arrive. */
  readonly onActivity?: () => void;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

interface RequestOptions {
  readonly signal?: AbortSignal;
}

export interface PatchOptions extends RequestOptions {
  readonly subresource?: 'status' | 'scale';
}

export interface ApplyOptions extends RequestOptions {
  readonly fieldManager: string;
}

export interface DeleteOptions extends RequestOptions {
  /** Refused as a conflict when the object of that name is another one. */
  readonly uid?: string;
  /** Refused as a conflict when the object is at another version. */
  readonly resourceVersion?: string;
}

export interface EvictOptions extends RequestOptions {
  /** Refused as a conflict when the pod of that name is another one. */
  readonly uid: string;
}

type Verb = 'Get' | 'List' | 'Watch' | 'Create' | 'Patch' | 'Delete' | 'Evict';

const DEFAULT_TIMEOUT_MS = 30_000;
/** A list of a page of large objects may take its time. */
const LIST_TIMEOUT_MS = 60_000;

const MAX_PATIENCE = 5;
const LONGEST_RETRY_AFTER_MS = 30_000;

export class Client {
  readonly #transport: Transport;
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

  /** One page of a list. Items are as they came: the caller judges each by itself. */
  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    const query = new URLSearchParams();
    if (options.labelSelector !== undefined) query.set('labelSelector', options.labelSelector);
    if (options.limit !== undefined) query.set('limit', String(options.limit));
    if (options.continueToken !== undefined) query.set('continue', options.continueToken);
    const target = targetOf('List', resource, { ...options });
    const response = await this.#send(target, options.signal, {
      method: 'GET',
      path: withQuery(target.path, query),
      headers: { accept: acceptOf('PartialObjectMetadataList', options.metadataOnly) },
      timeoutMs: Math.max(LIST_TIMEOUT_MS, this.#timeoutMs),
    });
    return pageOf(target.attempt, parse(target.attempt, response.body));
  }

  /**
   * Streams the changes after a version. Resolves when the server ends the watch. An event of type
   * ERROR rejects with the ApiError that it carries, of kind `expired` when the version is too old.
   */
  async watch(resource: Resource, options: WatchOptions): Promise<void> {
    const query = new URLSearchParams({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: options.resourceVersion,
      timeoutSeconds: String(options.timeoutSeconds),
    });
    if (options.labelSelector !== undefined) query.set('labelSelector', options.labelSelector);
    const target = targetOf('Watch', resource, { ...options });
    const lines = new WatchLines((line) => options.onEvent(watchEventOf(target.attempt, line)));
    await this.#send(target, options.signal, {
      method: 'GET',
      path: withQuery(target.path, query),
      headers: { accept: acceptOf('PartialObjectMetadata', options.metadataOnly) },
      timeoutMs: this.#timeoutMs,
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
    options: RequestOptions = {},
  ): Promise<KubeObject> {
    const { path } = targetOf('List', resource, object.namespace === undefined ? {} : { namespace: object.namespace });
    return this.#object('Create', resource, object, options, { method: 'POST', path, body: JSON.stringify(body) });
  }

  /** Server-side apply, forced: the keys of `body` belong to `fieldManager` afterwards, and those it applied before and left out now are gone. */
  async apply(
    resource: Resource,
    object: ObjectName,
    body: JsonObject,
    { fieldManager, ...options }: ApplyOptions,
  ): Promise<KubeObject> {
    const query = new URLSearchParams({ fieldManager, force: 'true' });
    const whole = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...body };
    return this.#object('Patch', resource, object, options, {
      method: 'PATCH',
      path: withQuery(targetOf('Patch', resource, object).path, query),
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify(whole),
    });
  }

  /** JSON merge patch: `null` removes a key. A `metadata.resourceVersion` in it makes a `conflict` of every concurrent change. */
  async patch(
    resource: Resource,
    object: ObjectName,
    patch: JsonObject,
    { subresource, ...options }: PatchOptions = {},
  ): Promise<KubeObject> {
    return this.#object('Patch', resource, object, options, {
      method: 'PATCH',
      ...(subresource === undefined ? {} : { subresource }),
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify(patch),
    });
  }

  /** Deletes in the background: dependents follow. */
  async delete(
    resource: Resource,
    object: ObjectName,
    { uid, resourceVersion, ...options }: DeleteOptions = {},
  ): Promise<void> {
    // What is undefined is no key of the JSON.
    const body = { propagationPolicy: 'Background', preconditions: { uid, resourceVersion } };
    const target = targetOf('Delete', resource, object);
    await this.#send(target, options.signal, {
      method: 'DELETE',
      path: target.path,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: this.#timeoutMs,
    });
  }

  /**
   * Asks for a pod to be evicted: it goes unless a disruption budget protects it, which is an error of kind
   * `throttled` and is not waited for.
   */
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

  async #object(
    verb: Verb,
    resource: Resource,
    object: ObjectName,
    options: RequestOptions,
    {
      subresource,
      ...request
    }: {
      readonly method: HttpRequest['method'];
      readonly subresource?: string;
      /** Where it is not the object's own. */
      readonly path?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    },
  ): Promise<KubeObject> {
    const target = targetOf(verb, resource, object, subresource);
    const response = await this.#send(target, options.signal, {
      path: target.path,
      timeoutMs: this.#timeoutMs,
      ...request,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...request.headers },
    });
    return objectOf(target.attempt, parse(target.attempt, response.body));
  }

  /** Sends until there is an answer other than "later", or one more than `retries` of those, and returns it if it is a success. */
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
    this.#metrics.apiRequests.inc({
      namespace,
      name: metricName,
      kind: resource.plural,
      verb,
      status_code: statusCode,
    });
  }

  async #wait(cause: 'rate-limit' | 'retry-after', delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (delayMs <= 0) return;
    this.#metrics.clientThrottleSeconds.inc({ cause }, delayMs / 1000);
    await sleep(this.#clock, delayMs, signal);
    signal?.throwIfAborted();
  }
}

interface Target {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly path: string;
  readonly attempt: Attempt;
  readonly namespace: string;
  /** `N/A` where a name would make a series of every object that ever lived (spec 9.2). */
  readonly metricName: string;
}

const NAMELESS_IN_METRICS = new Set(['events', 'pods', 'replicasets']);

function targetOf(
  verb: Verb,
  resource: Resource,
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
  subresource?: string,
): Target {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  const shown = name === undefined ? (namespace ?? 'of all namespaces') : [namespace, name].filter(Boolean).join('/');
  return {
    verb,
    resource,
    path: `${root}${scope}/${resource.plural}${object}${part}`,
    attempt: `${verb.toLowerCase()} ${resource.plural}${part} ${shown}`,
    namespace: namespace ?? '',
    metricName: name === undefined || NAMELESS_IN_METRICS.has(resource.plural) ? 'N/A' : name,
  };
}

function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function acceptOf(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList', metadataOnly = false): string {
  return metadataOnly ? `application/json;as=${kind};g=meta.k8s.io;v=v1` : 'application/json';
}

/** How long to wait before asking again; `undefined` when the answer is final. A refusal with Retry-After has changed nothing, so that every verb may be sent again. */
function retryAfterMsOf({ status, headers }: HttpResponse): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const header = headers['retry-after'];
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(LONGEST_RETRY_AFTER_MS, seconds * 1000) : undefined;
}

function parse(attempt: Attempt, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(attempt, 'the answer is not JSON', error);
  }
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function malformed(attempt: Attempt, message: string, cause?: unknown): ApiError {
  return new ApiError({ kind: 'server', status: 200, reason: 'Malformed', attempt, message, cause });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(attempt: Attempt, value: unknown): KubeObject {
  if (!isKubeObject(value)) throw malformed(attempt, 'the answer is not an object with metadata');
  return value;
}

/** Whether `value` has what every stored object has: a name and a resource version. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string' &&
    typeof value['metadata']['resourceVersion'] === 'string'
  );
}

function pageOf(attempt: Attempt, value: unknown): ListPage {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (!isRecord(value) || !isRecord(metadata) || typeof metadata['resourceVersion'] !== 'string')
    throw malformed(attempt, 'the answer is not a list');
  const { items = [] } = value;
  if (items !== null && !Array.isArray(items)) throw malformed(attempt, 'the answer is not a list');
  return {
    items: items ?? [],
    resourceVersion: metadata['resourceVersion'],
    continueToken: typeof metadata['continue'] === 'string' ? metadata['continue'] : '',
  };
}

function watchEventOf(attempt: Attempt, line: string): WatchEvent {
  const event = parse(attempt, line);
  if (!isRecord(event) || typeof event['type'] !== 'string') throw malformed(attempt, 'an event has no type');
  if (event['type'] !== 'ERROR') return { type: event['type'], object: event['object'] };
  const status = isRecord(event['object']) ? event['object'] : {};
  throw errorOfResponse(attempt, typeof status['code'] === 'number' ? status['code'] : 500, status);
}
