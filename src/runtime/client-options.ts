/** The options of the client, and those of its verbs. */
import type { Clock } from './clock.ts';
import type { HttpRequest } from './exchange.ts';
import type { Transport } from './transport.ts';
import type { WatchEvent } from './wire.ts';

/** A counter of the table of metrics, or anything that counts. */
interface Counter {
  inc(labels: Readonly<Record<string, string>>, value?: number): void;
}

export interface ClientOptions {
  readonly transport: Pick<Transport, 'send'>;
  readonly clock: Clock;
  readonly metrics: { readonly apiRequests: Counter; readonly clientThrottleSeconds: Counter };
  readonly userAgent: string;
  /** Sustained requests a second. */
  readonly qps: number;
  /** Requests in a burst. */
  readonly burst: number;
  readonly timeoutMs?: number;
}

/**
 * Longer than the API server's own limit (--request-timeout, a minute). So when a webhook hangs, an answer arrives that
 * says so, and we know that the write was not made.
 */
export const DEFAULT_TIMEOUT_MS = 65_000;

/** A request about one object, at its own path unless it says another. */
export type ObjectRequest = Pick<HttpRequest, 'method'> &
  Partial<Pick<HttpRequest, 'path' | 'headers' | 'body'>> & { readonly subresource?: string };

/** One object; cluster-scoped resources have no namespace. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
  /** Objects without spec and status. */
  readonly metadataOnly?: boolean;
  /** Leaves `metadata.managedFields` out of the objects, which is most of the work of reading them. */
  readonly omitManagedFields?: boolean;
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  readonly omitManagedFields?: boolean;
  /** Events after this version. */
  readonly resourceVersion: string;
  /** After this time the server ends the watch by itself. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Called once the server has accepted the watch. */
  readonly onOpened?: () => void;
  /** Called for every event in order. If it throws, the watch ends and `watch` rejects with that error. */
  readonly onEvent: (event: WatchEvent) => void;
  /** Called whenever bytes arrive. */
  readonly onActivity?: () => void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

export interface CreateOptions extends RequestOptions, AnswerOptions {
  /** `Strict`: a field that the server does not know is an error of kind `invalid`. */
  readonly fieldValidation?: 'Strict';
}

interface AnswerOptions {
  /** Asks for no more of the object in the answer than its metadata. */
  readonly metadataOnly?: boolean;
}

export interface PatchOptions extends RequestOptions, AnswerOptions {
  readonly subresource?: 'status' | 'scale';
}

export interface ApplyOptions extends RequestOptions, AnswerOptions {
  readonly fieldManager: string;
}

export interface DeleteOptions extends RequestOptions {
  /** The server answers with a conflict if the object of that name has another UID. */
  readonly uid?: string;
  /** The server answers with a conflict if the object has another version. */
  readonly resourceVersion?: string;
  /** `Foreground` keeps the object until its dependents are gone; by default they are deleted later. */
  readonly propagation?: 'Background' | 'Foreground';
}

export interface EvictOptions extends RequestOptions {
  /** The server answers with a conflict if the pod of that name has another UID. */
  readonly uid: string;
}
