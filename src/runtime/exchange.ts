/**
 * One request on a connection and its answer, as undici reports it: whole, or in chunks as they arrive. It ends once:
 * with an answer, an error, the time limit or the caller's signal.
 */
import type { Dispatcher } from 'undici';
import { type Attempt, errorOfNetwork, errorOfTimeout } from './api-error.ts';
import type { Clock } from './clock.ts';

export interface HttpRequest {
  /** For error messages. The first two words are the verb and the resource. */
  readonly attempt: Attempt;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  /** A list is sent as so many headers of that name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Limit until the last byte of the answer, or until the first one of a streamed answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Called when a successful answer begins, before its body. */
  readonly onOpened?: () => void;
  /** Streams the body of a successful answer instead of collecting it. */
  readonly onChunk?: (chunk: Buffer) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty for a successful streamed answer. */
  readonly body: string;
}

interface Ends {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #ends: Ends;
  readonly #cancelTimer: () => void;
  readonly #onAbort = (): void => this.#fail(asError(this.#request.signal?.reason));
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #headers: HttpResponse['headers'] = {};

  constructor(request: HttpRequest, clock: Clock, ends: Ends) {
    const { attempt, timeoutMs, signal } = request;
    this.#request = request;
    this.#ends = ends;
    this.#cancelTimer = clock.setTimer(timeoutMs, () => this.#fail(errorOfTimeout(attempt, timeoutMs)));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpResponse['headers']): void {
    this.#status = status;
    this.#headers = headers;
    // A stream may last; its reader has limits of its own.
    if (this.#isStreamed()) this.#cancelTimer();
    if (status === 200) this.#request.onOpened?.();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isStreamed()) {
      this.#chunks.push(chunk);
      return;
    }
    try {
      this.#request.onChunk?.(chunk);
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  onResponseEnd(): void {
    this.#settle();
    this.#ends.resolve({ status: this.#status, headers: this.#headers, body: textOf(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(errorOfNetwork(this.#request.attempt, error));
  }

  #isStreamed(): boolean {
    return this.#request.onChunk !== undefined && this.#status === 200;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#settle();
    this.#ends.reject(error);
    this.#controller?.abort(error);
  }

  #settle(): void {
    this.#cancelTimer();
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }
}

export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (first === undefined) return '';
  return (chunks.length === 1 ? first : Buffer.concat(chunks)).toString('utf8');
}
