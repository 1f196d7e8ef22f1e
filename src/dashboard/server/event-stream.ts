/** Server-sent events for every page that is open. */
import type { ServerResponse } from 'node:http';
import { Outlet } from './outlet.ts';

export class EventStream {
  readonly #outlets = new Set<Outlet>();

  /** The page gets `first`, and every event after that. */
  open(response: ServerResponse, first: string): void {
    const outlet = new Outlet(response, 'events');
    outlet.sendText(first);
    this.#outlets.add(outlet);
    outlet.onEnd(() => this.#outlets.delete(outlet));
  }

  send(event: string): void {
    for (const outlet of this.#outlets) outlet.sendText(event);
  }

  close(): void {
    for (const outlet of this.#outlets) outlet.end();
  }
}

/** One event as it is sent. */
export function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
