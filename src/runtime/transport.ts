/**
 * HTTP to the API server: connections that stay open, credentials from a kubeconfig, a time limit on
 * every request. client-node reads the kubeconfig and obtains the credentials; the requests are
 * undici's low-level `dispatch`, which costs half the CPU of node:https. This file knows no
 * Kubernetes object and retries nothing but a refused credential.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent, type buildConnector } from 'undici';
import { type Attempt, errorOfNetwork, errorOfTimeout } from './api-error.ts';
import type { Clock } from './clock.ts';

/** How long credentials are used before client-node is asked again; it keeps them up to date itself (token files, exec plugins). */
const CREDENTIALS_MS = 10_000;
/** Connections to keep for the next burst: shorter than the idle limit of the API server (90 s), which would close them under us. */
const IDLE_CONNECTION_MS = 60_000;
const MAX_CONNECTIONS = 64;

export interface HttpRequest {
  /** For error messages. */
  readonly attempt: Attempt;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Limit until the last byte of the answer, or until the first one where the answer is streamed. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Streams the body of a successful answer instead of collecting it. */
  readonly onChunk?: (chunk: Buffer) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty when a successful answer was streamed. */
  readonly body: string;
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly obtainedAt: number;
}

/** The TLS material and headers that client-node fills in. */
interface AppliedOptions {
  headers?: Record<string, string>;
  auth?: string;
  ca?: Buffer | string;
  cert?: Buffer | string;
  key?: Buffer | string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

export class Transport {
  readonly #kubeConfig: KubeConfig;
  readonly #clock: Clock;
  readonly #origin: string;
  /** Path prefix of the server's URL, without a slash at its end. */
  readonly #basePath: string;
  #dispatcher: Dispatcher | undefined;
  #tlsFingerprint = '';
  #credentials: Credentials | undefined;
  #refreshing: Promise<Credentials> | undefined;

  constructor(kubeConfig: KubeConfig, clock: Clock) {
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) throw new Error('The kubeconfig has no current cluster');
    const url = new URL(cluster.server);
    this.#kubeConfig = kubeConfig;
    this.#clock = clock;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, '');
  }

  /**
   * Resolves with the answer, whatever its status. Rejects with an ApiError of kind `network` when
   * there is no complete answer, and with the signal's reason when `signal` is aborted.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#dispatch(request, await this.#currentCredentials(request.attempt));
    if (response.status !== 401) return response;
    this.#credentials = undefined;
    return this.#dispatch(request, await this.#currentCredentials(request.attempt));
  }

  /** Every connection is closed, and what was in flight has failed. */
  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }

  async #currentCredentials(attempt: Attempt): Promise<Credentials> {
    const credentials = this.#credentials;
    if (credentials !== undefined && this.#clock.monotonic() - credentials.obtainedAt < CREDENTIALS_MS)
      return credentials;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    try {
      return await this.#refreshing;
    } catch (error) {
      throw errorOfNetwork(attempt, new Error('The credentials could not be obtained', { cause: error }));
    }
  }

  async #refresh(): Promise<Credentials> {
    const options: AppliedOptions = {};
    await this.#kubeConfig.applyToHTTPSOptions(options);
    const tls = JSON.stringify([options.ca, options.cert, options.key].map(String));
    if (this.#dispatcher === undefined || tls !== this.#tlsFingerprint) {
      // What is in flight on connections with the old certificate may end in peace.
      void this.#dispatcher?.close();
      this.#dispatcher = this.#connect(options);
      this.#tlsFingerprint = tls;
    }
    // A token file may end in a newline, which no header may hold.
    const headers = Object.fromEntries(Object.entries(options.headers ?? {}).map(([key, text]) => [key, text.trim()]));
    if (options.auth !== undefined) headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    this.#credentials = { headers, obtainedAt: this.#clock.monotonic() };
    return this.#credentials;
  }

  #connect(options: AppliedOptions): Dispatcher {
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const chosen = this.#kubeConfig.createDispatcherOptions(this.#kubeConfig.getCurrentCluster(), {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    });
    const pool = {
      connections: MAX_CONNECTIONS,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      allowH2: false,
    };
    if (chosen.type === 'proxy')
      return new ProxyAgent({ ...pool, uri: chosen.uri, requestTls: tlsOf(chosen.requestTls) });
    if (chosen.type === 'socks')
      return new Socks5ProxyAgent(chosen.uri, { ...pool, requestTls: tlsOf(chosen.requestTls) });
    return new Agent(chosen.type === 'none' ? pool : { ...pool, connect: tlsOf(chosen.connect) });
  }

  #dispatch(request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
    const { attempt, method, path, headers, body, timeoutMs, signal, onChunk } = request;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(asError(signal.reason));
        return;
      }
      const dispatcher = this.#dispatcher;
      if (dispatcher === undefined) {
        reject(errorOfNetwork(attempt, new Error('The transport is closed')));
        return;
      }

      let controller: Dispatcher.DispatchController | undefined;
      let status = 0;
      let responseHeaders: HttpResponse['headers'] = {};
      const chunks: Buffer[] = [];
      let failure: Error | undefined;

      const cancelTimer = this.#clock.setTimer(timeoutMs, () => fail(errorOfTimeout(attempt, timeoutMs)));
      const onAbort = (): void => fail(asError(signal?.reason));
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (): void => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error): void => {
        if (failure !== undefined) return;
        failure = error;
        settle();
        reject(error);
        controller?.abort(error);
      };

      dispatcher.dispatch(
        {
          origin: this.#origin,
          path: `${this.#basePath}${path}`,
          method,
          headers: { ...headers, ...credentials.headers },
          body: body ?? null,
          // The timer above is the limit; undici's own would tick for as long as a watch is open.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart: (started) => {
            controller = started;
            if (failure !== undefined) started.abort(failure);
          },
          onResponseStart: (_controller, statusCode, received) => {
            status = statusCode;
            responseHeaders = received;
            if (onChunk !== undefined && status === 200) cancelTimer();
          },
          onResponseData: (_controller, chunk) => {
            if (onChunk === undefined || status !== 200) {
              chunks.push(chunk);
              return;
            }
            try {
              onChunk(chunk);
            } catch (error) {
              fail(asError(error));
            }
          },
          onResponseEnd: () => {
            settle();
            resolve({ status, headers: responseHeaders, body: textOf(chunks) });
          },
          onResponseError: (_controller, error) => fail(errorOfNetwork(attempt, error)),
        },
      );
    });
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (first === undefined) return '';
  return (chunks.length === 1 ? first : Buffer.concat(chunks)).toString('utf8');
}

/** client-node and undici describe the same TLS options with types that differ in what may be `undefined`. */
function tlsOf(options: object): buildConnector.BuildOptions {
  return options;
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
