/** Reads a stream of the dashboard's server as a browser does. */
import { waitFor } from '../testbed/cluster/wait.ts';

export interface StreamEvent {
  /** '' where it has none. */
  readonly name: string;
  readonly data: unknown;
}

export class EventReader implements AsyncDisposable {
  /** Oldest first. */
  readonly events: StreamEvent[] = [];
  /** Comments between them. */
  readonly comments: string[] = [];
  /** When the first event has come, as `performance.now()` tells it. */
  readonly first: Promise<number>;
  readonly #abort = new AbortController();
  readonly #take: (event: StreamEvent) => void;
  #ended = false;
  #reading: Promise<void> = Promise.resolve();

  private constructor(take: ((event: StreamEvent) => void) | undefined) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.first = promise;
    this.#take = (event) => {
      resolve(performance.now());
      if (take === undefined) this.events.push(event);
      else take(event);
    };
  }

  /** Rejects with the answer when it is no stream. With `take` no event is kept. */
  static async open(url: string, init: RequestInit = {}, take?: (event: StreamEvent) => void): Promise<EventReader> {
    const reader = new EventReader(take);
    const headers = { accept: 'text/event-stream', ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(url, { ...init, headers, signal: reader.#abort.signal });
    if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
    reader.#reading = reader.#read(response.body).catch(() => undefined);
    return reader;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits for an event of that name, sent already or not, that is as wanted. */
  async until<T>(name: string, wanted: (data: T) => boolean): Promise<T> {
    const found = await waitFor(() => this.#find(name, wanted as (data: unknown) => boolean), {
      what: `an event ${name}, and not ${JSON.stringify(this.events.at(-1))?.slice(0, 2000)}`,
      until: (event) => event !== undefined,
    });
    return found?.data as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  #find(name: string, wanted: (data: unknown) => boolean): Promise<StreamEvent | undefined> {
    return Promise.resolve(this.events.findLast((event) => event.name === name && wanted(event.data)));
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.#readBlock(block);
      }
    } finally {
      this.#ended = true;
    }
  }

  #readBlock(block: string): void {
    if (block.startsWith(':')) {
      this.comments.push(block.slice(1).trim());
      return;
    }
    const lines = block.split('\n');
    const field = (key: string): string | undefined =>
      lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
    this.#take({ name: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') });
  }
}
