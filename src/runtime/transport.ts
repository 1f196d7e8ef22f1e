/**
 * HTTP to the API server: connections that stay open, credentials from a kubeconfig, a time limit on
 * every request. client-node reads the kubeconfig and obtains the credentials; the requests use undici's
 * low-level `dispatch`, which costs half the CPU of node:https. Only a refused credential is retried here.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent, type buildConnector } from 'undici';
import { type Attempt, errorOfNetwork } from './api-error.ts';
import type { Clock } from './clock.ts';
import { asError, Exchange, type HttpRequest, type HttpResponse } from './exchange.ts';

/** How long to use credentials before asking client-node again, which refreshes them (token files, exec plugins). */
const CREDENTIALS_MS = 10_000;
/** How long to keep idle connections: shorter than the idle limit of the API server (90 s), which would close them during a request. */
const IDLE_CONNECTION_MS = 60_000;
/** A watch holds one for as long as it lasts. */
const DEFAULT_CONNECTIONS = 64;
/** How much may be on its way over a connection of HTTP/2, as clients in Go have it: less makes a long list wait for round trips. */
const WINDOW_BYTES = { stream: 4 << 20, connection: 1 << 30 };

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

interface TransportOptions {
  /**
   * Sends all requests over one connection where the server speaks HTTP/2. That saves a process that sends a few
   * requests at once, and ends, the TLS handshakes of the others.
   */
  readonly http2?: boolean;
  /** How many connections may be open at once. */
  readonly connections?: number;
}

export class Transport {
  readonly #kubeConfig: KubeConfig;
  readonly #clock: Clock;
  readonly #connections: number;
  readonly #origin: string;
  /** Path prefix of the server's URL, without a slash at its end. */
  readonly #basePath: string;
  readonly #http2: boolean;
  #dispatcher: Dispatcher | undefined;
  #tlsFingerprint = '';
  #credentials: Credentials | undefined;
  #refreshing: Promise<Credentials> | undefined;

  constructor(
    kubeConfig: KubeConfig,
    clock: Clock,
    { http2 = false, connections = DEFAULT_CONNECTIONS }: TransportOptions = {},
  ) {
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) throw new Error('The kubeconfig has no current cluster');
    const url = new URL(cluster.server);
    this.#kubeConfig = kubeConfig;
    this.#clock = clock;
    this.#connections = connections;
    this.#http2 = http2;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, '');
  }

  /**
   * Resolves with the answer, of any status. Rejects with an ApiError of kind `network` without a complete
   * answer, and with the signal's reason when `signal` is aborted.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#dispatch(request, await this.#currentCredentials(request.attempt));
    if (response.status !== 401) return response;
    this.#credentials = undefined;
    return this.#dispatch(request, await this.#currentCredentials(request.attempt));
  }

  /** Closes every connection; requests in flight fail. */
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
      // Requests in flight with the old certificate may finish.
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
      connections: this.#connections,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      allowH2: this.#http2,
      h2Options: {
        settings: { initialWindowSize: WINDOW_BYTES.stream },
        connectionWindowSize: WINDOW_BYTES.connection,
      },
    };
    // One for all connections: each would make its own, which costs more memory than the rest of a connection.
    const secureContext = this.#origin.startsWith('https:') ? createSecureContext({ ca, cert, key }) : undefined;
    const tlsOf = (described: object): buildConnector.BuildOptions => ({ ...described, secureContext });
    if (chosen.type === 'proxy')
      return new ProxyAgent({ ...pool, uri: chosen.uri, requestTls: tlsOf(chosen.requestTls) });
    if (chosen.type === 'socks')
      return new Socks5ProxyAgent(chosen.uri, { ...pool, requestTls: tlsOf(chosen.requestTls) });
    return new Agent(chosen.type === 'none' ? pool : { ...pool, connect: tlsOf(chosen.connect) });
  }

  #dispatch(request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
    const { attempt, method, path, headers, body, signal } = request;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(asError(signal.reason));
        return;
      }
      if (this.#dispatcher === undefined) {
        reject(errorOfNetwork(attempt, new Error('The transport is closed')));
        return;
      }
      this.#dispatcher.dispatch(
        {
          origin: this.#origin,
          path: `${this.#basePath}${path}`,
          method,
          headers: { ...headers, ...credentials.headers } as Record<string, string | string[]>,
          body: body ?? null,
          // The exchange has the limit; undici's own would tick for as long as a watch is open.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        new Exchange(request, this.#clock, { resolve, reject }),
      );
    });
  }
}
