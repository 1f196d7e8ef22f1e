/**
 * A small JSON client of the API server, for the parts of the test bed. It is independent of src/, so that
 * a fault of the client under test cannot hide itself. The shapes of answers are taken on trust: the
 * API server is the one that validates them.
 */
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** The API server answered with a status of 400 or above. */
export class ApiError extends Error {
  readonly status: number;
  constructor(attempt: string, status: number, body: string) {
    super(`${attempt}: ${status} ${body.slice(0, 2_000)}`);
    this.status = status;
  }
}

export type PatchKind = 'merge' | 'strategic-merge' | 'json' | 'apply';

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const satisfies Record<PatchKind, string>;

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface Connection {
  readonly server: string;
  readonly ca: Buffer;
  readonly token: string;
}

interface Sending {
  readonly method: string;
  readonly path: string;
  readonly agent: Agent;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export class ApiClient {
  readonly #connection: Connection;
  readonly #agent: Agent;
  /** A watch holds its connection for as long as it lasts. */
  readonly #watchAgent: Agent;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ca: connection.ca });
    this.#watchAgent = new Agent({ ca: connection.ca });
  }

  static async connect(server: string, caFile: string, token: string): Promise<ApiClient> {
    return new ApiClient({ server, ca: await readFile(caFile), token });
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path);
  }

  create<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('POST', path, body);
  }

  replace<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('PUT', path, body);
  }

  patch<T>(path: string, kind: PatchKind, body: unknown): Promise<T> {
    return this.#call<T>('PATCH', path, body, PATCH_TYPES[kind]);
  }

  /** `body` is a DeleteOptions. */
  delete<T>(path: string, body?: unknown): Promise<T> {
    return this.#call<T>('DELETE', path, body);
  }

  /** The events of one watch request, until the server ends it; an abort throws. */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const response = await this.#send({ method: 'GET', path, agent: this.#watchAgent, signal });
    if ((response.statusCode ?? 0) >= 400) throw await errorOf(`GET ${path}`, response);
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      if (line !== '') yield JSON.parse(line) as WatchEvent<T>;
    }
    // The line reader ends quietly when the connection breaks; the caller must not take that for a normal end.
    if (!response.complete) throw new Error(`GET ${path}: the watch was cut`);
  }

  /** Closes the idle and the busy connections. */
  close(): void {
    this.#agent.destroy();
    this.#watchAgent.destroy();
  }

  async #call<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const response = await this.#send({ method, path, agent: this.#agent, body, contentType });
    if ((response.statusCode ?? 0) >= 400) throw await errorOf(`${method} ${path}`, response);
    const text = await textOf(response);
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    return (isJson ? JSON.parse(text) : text) as T;
  }

  #send({ method, path, agent, body, contentType, signal }: Sending): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.#connection.server),
        {
          method,
          agent,
          headers: {
            authorization: `Bearer ${this.#connection.token}`,
            accept: 'application/json',
            'user-agent': 'serin-test-cluster',
            ...(payload === undefined
              ? {}
              : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload) }),
          },
          ...(signal === undefined ? {} : { signal }),
        },
        resolve,
      );
      call.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`, { cause: error })));
      call.end(payload);
    });
  }
}

async function errorOf(attempt: string, response: IncomingMessage): Promise<ApiError> {
  return new ApiError(attempt, response.statusCode ?? 0, await textOf(response));
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
