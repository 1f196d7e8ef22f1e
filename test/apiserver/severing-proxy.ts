/**
 * Stands between a controller and the API server, keeps what the controller writes, and can cut it off after an
 * exact number of writes. Events, Leases and dry runs are not counted: they are no part of a release.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { CONTROLLER } from '../testbed/cluster/credentials.ts';

/** A request that the API server has carried out. */
export interface WriteSeen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const UNCOUNTED = /\/(?:events|leases)(?:\/|\?|$)/;

export class SeveringProxy implements AsyncDisposable {
  readonly writes: WriteSeen[] = [];
  readonly #plane: ControlPlane;
  readonly #agent: Agent;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Writes that may still be begun. */
  #allowed = Infinity;
  #severed = false;

  private constructor(plane: ControlPlane, ca: string) {
    this.#plane = plane;
    this.#agent = new Agent({ keepAlive: true, ca });
    this.#server = createServer((incoming, outgoing) => {
      this.#forward(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#severed) socket.destroy();
    });
  }

  static async start(plane: ControlPlane): Promise<SeveringProxy> {
    const proxy = new SeveringProxy(plane, await readFile(plane.caFile, 'utf8'));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** A kubeconfig of the controller's ServiceAccount that leads through this proxy. */
  async kubeconfig(): Promise<string> {
    const { port } = this.#server.address() as AddressInfo;
    const path = join(this.#plane.scratch, `proxy-${port}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'user', user: { token: this.#plane.token(CONTROLLER) } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'user' } }],
      'current-context': 'proxy',
    };
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  /** Whether the allowed writes are made and nothing passes any more; the answer to the last one never arrives. */
  get severed(): boolean {
    return this.#severed;
  }

  /** Cuts what is connected now, and lets so many more writes pass. */
  severAfter(writes: number): void {
    this.#cut();
    this.#allowed = writes;
    this.#severed = false;
  }

  /** Lets everything pass again. */
  mend(): void {
    this.#allowed = Infinity;
    this.#severed = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const body = await bodyOf(incoming);
    const counts = method !== 'GET' && !UNCOUNTED.test(url) && !url.includes('dryRun=');
    if (counts && this.#allowed === 0) {
      incoming.socket.destroy();
      return;
    }
    if (counts) this.#allowed -= 1;
    const answer = await this.#ask(incoming, outgoing, body);
    const done = (answer.statusCode ?? 500) < 300;
    // What was refused is no write.
    if (counts && !done) this.#allowed += 1;
    if (counts && done) {
      this.writes.push({ method, path: url, body: body.toString('utf8') });
      if (this.#allowed === 0) {
        this.#severed = true;
        this.#cut();
        return;
      }
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  }

  #ask(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<IncomingMessage> {
    const { host: _proxy, ...headers } = incoming.headers;
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(incoming.url ?? '/', this.#plane.server),
        { method: incoming.method ?? 'GET', headers, agent: this.#agent },
        resolve,
      );
      call.on('error', reject);
      outgoing.on('close', () => call.destroy());
      call.end(body);
    });
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
