import { describe, expect, test } from 'vitest';
import { ApiError, type WatchEvent } from '../testbed/cluster/api-client.ts';
import { follow } from './follow.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

type Watch = readonly (WatchEvent<unknown> | Error)[];

function event(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', name: string, resourceVersion: string) {
  return { type, object: { metadata: { name, resourceVersion } } };
}

/** Plays these watches, the last of which ends everything; what was asked for, and what was seen. */
async function played(...watches: readonly Watch[]): Promise<{ asked: readonly string[]; seen: readonly string[] }> {
  const stopping = new AbortController();
  const asked: string[] = [];
  const seen: string[] = [];
  const left = [...watches];
  async function* watch<T>(path: string): AsyncGenerator<WatchEvent<T>> {
    asked.push(new URLSearchParams(path.slice(path.indexOf('?'))).get('resourceVersion') ?? 'what is there');
    for (const one of left.shift() ?? []) {
      if (one instanceof Error) throw one;
      yield one as WatchEvent<T>;
    }
    if (left.length === 0) stopping.abort();
  }
  await follow<Thing>(
    { watch },
    '/things',
    (type, { metadata }) => seen.push(`${type} ${metadata.name}`),
    stopping.signal,
  );
  return { asked, seen };
}

describe('a watch goes on where the one before it ended', () => {
  test('which the server ended', async () => {
    const { asked, seen } = await played(
      [event('ADDED', 'a', '3'), event('MODIFIED', 'a', '5')],
      [event('DELETED', 'a', '8')],
    );
    expect(asked).toEqual(['what is there', '5']);
    expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  test('which was cut', async () => {
    const { asked } = await played([event('ADDED', 'a', '3'), new Error('the watch was cut')], []);
    expect(asked).toEqual(['what is there', '3']);
  });

  test('at the version of a bookmark, which is no change', async () => {
    const { asked, seen } = await played([event('BOOKMARK', '', '9')], []);
    expect(asked).toEqual(['what is there', '9']);
    expect(seen).toEqual([]);
  });

  test.each([
    ['as an answer', new ApiError('GET /things', 410, 'too old')],
    ['as an event', { type: 'ERROR', object: { code: 410 } } as const],
  ])('unless that has expired, %s', async (_, expired) => {
    const { asked } = await played([event('ADDED', 'a', '3'), expired], []);
    expect(asked).toEqual(['what is there', 'what is there']);
  });
});
