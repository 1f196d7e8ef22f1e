/** Tabs of people: each reads one stream, as a browser does, and remembers when it was told what. */
import type { RowsEvent } from '../../../src/dashboard/wire.ts';
import { EventReader } from '../../dashboard/event-reader.ts';

export interface Viewer extends AsyncDisposable {
  /** From the request to the whole of what is shown first. */
  readonly firstMs: number;
  /** When a text was in an event for the first time; `undefined` before. */
  readonly toldAt: (text: string) => number | undefined;
}

export async function openViewer(url: string, token: string): Promise<Viewer> {
  const startedAt = performance.now();
  const told = new Map<string, number>();
  const reader = await EventReader.open(url, { headers: { authorization: `Bearer ${token}` } }, (event) => {
    const { rows = [] } = event.data as Partial<RowsEvent>;
    for (const { cause } of rows) told.set(cause, performance.now());
  });
  const first = await reader.first;
  return {
    firstMs: first - startedAt,
    toldAt: (text) => told.get(text),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
