/** Everything that metrics ask, as one server in the process of the test, on loopback. It remembers what it was asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../testbed/cluster/wait.ts';

interface Question {
  readonly path: string;
  readonly body: string;
}

interface Answer {
  readonly status?: number;
  readonly body?: string;
}

export class OutsideWorld implements AsyncDisposable {
  readonly asked: Question[] = [];
  readonly #server: Server;

  private constructor(answer: (question: Question) => Answer) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const question = { path: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') };
        this.asked.push(question);
        const { status = 200, body = '' } = answer(question);
        response.writeHead(status).end(body);
      });
    });
  }

  static async open(answer: (question: Question) => Answer): Promise<OutsideWorld> {
    const world = new OutsideWorld(answer);
    await new Promise<void>((resolve, reject) => {
      world.#server.once('error', reject);
      world.#server.listen(0, '127.0.0.1', resolve);
    });
    return world;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The paths in the order in which each was first asked for. */
  get paths(): readonly string[] {
    return [...new Set(this.asked.map(({ path }) => path))];
  }

  /** A step is in the status before its first measurement is asked for. */
  async untilAsked(path: string, times = 1): Promise<void> {
    await waitFor(() => this.asked.filter((question) => question.path === path).length, {
      what: `${path} to be asked ${times} times`,
      until: (count) => count >= times,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
