/** What metrics ask over HTTP, on loopback: each path has an answer that a test gives. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type VendorAnswer = { readonly status?: number; readonly body: string } | 'silence';

export class Vendor implements Disposable {
  readonly #server: Server;
  readonly #answers = new Map<string, (request: IncomingMessage) => VendorAnswer>();
  readonly #asked = new Map<string, number>();
  readonly #left = new Map<string, number>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      count(this.#asked, path);
      response.once('close', () => {
        if (!response.writableEnded) count(this.#left, path);
      });
      const answer = this.#answers.get(path)?.(request) ?? { status: 404, body: '' };
      if (answer === 'silence') return;
      response.writeHead(answer.status ?? 200).end(answer.body);
    });
  }

  static async start(): Promise<Vendor> {
    const vendor = new Vendor();
    await new Promise<void>((resolve) => vendor.#server.listen(0, '127.0.0.1', resolve));
    return vendor;
  }

  /** The URL of a path that is answered so from now on. */
  answer(path: string, answer: (request: IncomingMessage) => VendorAnswer): string {
    this.#answers.set(path, answer);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** How often the path was asked for. */
  asked(path: string): number {
    return this.#asked.get(path) ?? 0;
  }

  /** How often a client left before it had its answer. */
  left(path: string): number {
    return this.#left.get(path) ?? 0;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function count(counts: Map<string, number>, path: string): void {
  counts.set(path, (counts.get(path) ?? 0) + 1);
}
