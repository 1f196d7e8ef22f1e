/**
 * An API server in memory over real HTTP: enough of list, watch, patch and friends to drive the
 * runtime, and every way of failing that a real one has. It validates nothing.
 */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

interface StoredObject {
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** How to treat a request instead of answering it properly. */
export type Fault =
  { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown } | 'hang' | 'cut';

interface Change {
  readonly version: number;
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
}

interface OpenWatch {
  readonly path: string;
  readonly response: ServerResponse;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  /** Asked before every request; what it returns replaces the proper answer. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;

  readonly #server: Server;
  readonly #objects = new Map<string, StoredObject>();
  readonly #watches = new Set<OpenWatch>();
  #changes: Change[] = [];
  #version = 100;
  /** Versions below this one are gone from the history. */
  #oldestVersion = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<FakeApiServer> {
    const server = createServer();
    const fake = new FakeApiServer(server);
    server.on('request', (request, response) => void fake.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  kubeConfig(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'fake', server: `http://127.0.0.1:${this.port}`, skipTLSVerify: true }],
      users: [{ name: 'tester', token: 'secret-token' }],
      contexts: [{ name: 'fake', cluster: 'fake', user: 'tester' }],
      currentContext: 'fake',
    });
    return config;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get version(): string {
    return String(this.#version);
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  object(path: string): StoredObject | undefined {
    return this.#objects.get(path);
  }

  objects(collection: string): StoredObject[] {
    return [...this.#objects].filter(([path]) => collectionOf(path) === collection).map(([, object]) => object);
  }

  /** Creates or replaces the object at `path` (`/apis/apps/v1/namespaces/shop/replicasets/web`) and tells the watchers. */
  put(path: string, fields: Record<string, unknown> = {}): StoredObject {
    const known = this.#objects.get(path);
    this.#version += 1;
    const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
    const object: StoredObject = {
      ...fields,
      metadata: {
        uid: known?.metadata.uid ?? `uid-${this.#version}`,
        ...(fields['metadata'] as object | undefined),
        name: path.slice(path.lastIndexOf('/') + 1),
        ...(namespace === undefined ? {} : { namespace }),
        resourceVersion: String(this.#version),
      },
    };
    this.#objects.set(path, object);
    this.#record(path, known === undefined ? 'ADDED' : 'MODIFIED', object);
    return object;
  }

  remove(path: string): void {
    const object = this.#objects.get(path);
    if (object === undefined) return;
    this.#version += 1;
    this.#objects.delete(path);
    this.#record(path, 'DELETED', {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    });
  }

  /** Removes without telling anybody, as if the event were lost in a compaction. */
  vanish(path: string): void {
    this.#version += 1;
    this.#objects.delete(path);
  }

  /** Other objects of the cluster change: the version moves on without an event. */
  skipVersions(count: number): void {
    this.#version += count;
  }

  /** The history is compacted: watches from an older version than now get 410. */
  compact(): void {
    this.#changes = [];
    this.#oldestVersion = this.#version;
  }

  bookmark(): void {
    this.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.version } } });
  }

  /** Sends an event to every open watch, whatever it watches. */
  send(event: unknown): void {
    this.sendRaw(`${JSON.stringify(event)}\n`);
  }

  sendRaw(bytes: string | Buffer): void {
    for (const { response } of this.#watches) response.write(bytes);
  }

  /** The server ends every watch properly. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** The connections of every watch break. */
  cutWatches(): void {
    for (const { response } of this.#watches) response.destroy();
    this.#watches.clear();
  }

  #record(path: string, type: Change['type'], object: StoredObject): void {
    const change = { version: this.#version, collection: collectionOf(path), type, object };
    this.#changes.push(change);
    for (const watch of this.#watches) if (matches(watch.path, change.collection)) watch.response.write(lineOf(change));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.requests.push(seen);

    const fault = this.fault(seen);
    if (fault === 'hang') return;
    if (fault === 'cut') {
      request.socket.destroy();
      return;
    }
    if (fault !== undefined) {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {}));
      return;
    }
    if (seen.query.get('watch') === '1') this.#watch(seen, response);
    else this.#answer(seen, response);
  }

  #watch({ path, query }: SeenRequest, response: ServerResponse): void {
    const since = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (since < this.#oldestVersion) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired', 'too old') })}\n`);
      return;
    }
    for (const change of this.#changes)
      if (change.version > since && matches(path, change.collection)) response.write(lineOf(change));
    const watch = { path, response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
  }

  #answer(request: SeenRequest, response: ServerResponse): void {
    const answer = this.#resultOf(request);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  #resultOf({ method, path, query, headers, body }: SeenRequest): { status: number; body: unknown } {
    const objectPath = path.replace(/\/status$/, '');
    const object = this.#objects.get(objectPath);
    const fields = (body ?? {}) as Record<string, unknown>;
    switch (method) {
      case 'GET':
        if (object !== undefined) return { status: 200, body: object };
        return isCollection(path) ? this.#list(path, query) : notFound(path);
      case 'POST': {
        if (path.endsWith('/eviction')) return this.#evict(path.replace(/\/eviction$/, ''), fields);
        const created = `${path}/${nameIn(fields)}`;
        if (this.#objects.has(created)) return refusal(409, 'AlreadyExists', `${created} already exists`);
        return { status: 201, body: this.put(created, fields) };
      }
      case 'PATCH': {
        const applied = headers['content-type']?.startsWith('application/apply-patch') === true;
        if (object === undefined && !applied) return notFound(path);
        const expected = (fields['metadata'] as { resourceVersion?: string } | undefined)?.resourceVersion;
        // As the real one does, an apply of any version makes what does not exist.
        if (expected !== undefined && object !== undefined && expected !== object.metadata.resourceVersion)
          return refusal(409, 'Conflict', 'the object has been modified');
        const merged = merge(object ?? {}, fields) as Record<string, unknown>;
        if (object !== undefined && JSON.stringify(merged) === JSON.stringify(object))
          return { status: 200, body: object };
        return { status: 200, body: this.put(objectPath, merged) };
      }
      case 'DELETE': {
        if (object === undefined) return notFound(path);
        const expected = Object.entries((fields['preconditions'] ?? {}) as Record<string, string>);
        if (expected.some(([key, value]) => object.metadata[key] !== value))
          return refusal(409, 'Conflict', 'a precondition failed');
        this.remove(objectPath);
        return { status: 200, body: statusBody(200, '', 'deleted') };
      }
      default:
        return refusal(405, 'MethodNotAllowed', method);
    }
  }

  /** There are no disruption budgets here. */
  #evict(podPath: string, { deleteOptions }: Record<string, unknown>): { status: number; body: unknown } {
    return this.#resultOf({
      method: 'DELETE',
      path: podPath,
      query: new URLSearchParams(),
      headers: {},
      body: deleteOptions,
    });
  }

  #list(path: string, query: URLSearchParams): { status: number; body: unknown } {
    const [offset = 0, version = this.#version] = (query.get('continue') ?? '').split('@').filter(Boolean).map(Number);
    if (version < this.#oldestVersion) return refusal(410, 'Expired', 'the continue token is too old');
    const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
    const all = [...this.#objects].filter(([key]) => matches(path, collectionOf(key))).map(([, object]) => object);
    const rest = offset + limit < all.length;
    return {
      status: 200,
      body: {
        metadata: {
          resourceVersion: String(version),
          ...(rest ? { continue: `${offset + limit}@${version}` } : {}),
        },
        items: all.slice(offset, offset + limit),
      },
    };
  }
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** `/api/v1/pods` holds what is in `/api/v1/namespaces/shop/pods`. */
function matches(asked: string, collection: string): boolean {
  return asked === collection || asked === collection.replace(/\/namespaces\/[^/]+/, '');
}

function isCollection(path: string): boolean {
  const parts = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3);
  return parts[0] === 'namespaces' ? parts.length === 3 : parts.length === 1;
}

function nameIn(fields: Record<string, unknown>): string {
  return (fields['metadata'] as { name: string }).name;
}

function lineOf({ type, object }: Change): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function statusBody(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: code < 400 ? 'Success' : 'Failure', code, reason, message };
}

function refusal(status: number, reason: string, message: string): { status: number; body: unknown } {
  return { status, body: statusBody(status, reason, message) };
}

function notFound(path: string): { status: number; body: unknown } {
  return refusal(404, 'NotFound', `${path} not found`);
}

function merge(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(typeof before === 'object' ? before : {}) };
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  return merged;
}
