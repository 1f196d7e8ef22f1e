/** Server-sent events for every page that is open. */
import type { ServerResponse } from 'node:http';

/** A page that sleeps does not read; it reconnects by itself after it was cut off. */
const UNREAD_LIMIT_BYTES = 1_000_000;

export class EventStream {
  readonly #pages = new Set<ServerResponse>();

  /** The page gets `first`, and every event after that. */
  open(response: ServerResponse, first: string): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(first);
    this.#pages.add(response);
    response.once('close', () => this.#pages.delete(response));
  }

  send(event: string): void {
    for (const page of this.#pages) {
      if (page.writableLength > UNREAD_LIMIT_BYTES) page.destroy();
      else page.write(event);
    }
  }

  close(): void {
    for (const page of this.#pages) page.end();
  }
}

/** One event as it is sent. */
export function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
