/** A web page with numbers, as a metric of an analysis reads it. It lives in the process of the test, on loopback. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class MetricPage implements AsyncDisposable {
  /** What the page says, as JSON. */
  shows: unknown;
  /** How often it was read. */
  answered = 0;
  readonly #server: Server;

  private constructor(shows: unknown) {
    this.shows = shows;
    this.#server = createServer((_request, response) => {
      this.answered += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(this.shows));
    });
  }

  static async open(shows: unknown): Promise<MetricPage> {
    const page = new MetricPage(shows);
    await new Promise<void>((resolve, reject) => {
      page.#server.once('error', reject);
      page.#server.listen(0, '127.0.0.1', resolve);
    });
    return page;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
