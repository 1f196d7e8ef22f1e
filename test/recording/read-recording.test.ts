/** Files that are no recordings, or not whole ones. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecording, UnreadableRecording } from '../../src/recording/read-recording.ts';
import { replay } from '../../src/recording/replay.ts';
import { recordedRelease } from './recorded-release.ts';

let lines: readonly string[];

beforeAll(async () => {
  lines = (await recordedRelease()).text.trimEnd().split('\n');
});

function problemIn(text: string): string {
  try {
    void [...replay(readRecording(text))];
  } catch (error) {
    if (error instanceof UnreadableRecording) return error.message;
    throw error;
  }
  return 'none';
}

/** The file with one line changed. */
function changed(index: number, change: (line: Record<string, unknown>) => object): string {
  const line = JSON.stringify(change(JSON.parse(lines[index] ?? '') as Record<string, unknown>));
  return `${lines.with(index, line).join('\n')}\n`;
}

test('a whole file', () => {
  expect(problemIn(`${lines.join('\n')}\n`)).toBe('none');
});

test('a file without its end is one whose recorder was killed', () => {
  const { end, looks } = readRecording(`${lines.slice(0, -1).join('\n')}\n`);
  expect({ end, looks: looks.length }).toEqual({ end: null, looks: lines.length - 2 });
});

describe('a file that is none', () => {
  test.each([
    { name: 'nothing', text: '', problem: 'it is empty' },
    { name: 'one word', text: 'kind', problem: 'line 1 is not the header of a recording' },
    { name: 'a manifest', text: 'apiVersion: v1\nkind: Service\n', problem: 'line 1 is not the header of a recording' },
    { name: 'another JSON', text: '{"kind":"Service"}\n', problem: 'line 1 is not the header of a recording' },
    {
      name: 'a newer format',
      text: '{"format":"serin-recording","version":2,"new":1}\n{"news":[]}\n',
      problem: 'line 1 says that its format is 2, and this version of Serin reads up to 1',
    },
    {
      name: 'a header without a name',
      text: '{"format":"serin-recording","version":1}\n',
      problem: expect.stringMatching(/^line 1 does not fit: serin: /) as string,
    },
  ])('$name', ({ text, problem }) => {
    expect(problemIn(text)).toEqual(problem);
  });
});

describe('a file that is broken', () => {
  test('a line that is cut off', () => {
    const text = lines.join('\n');
    expect(problemIn(text.slice(0, -20))).toBe(
      `line ${lines.length} is cut off; without it, what stands before it can be replayed`,
    );
  });

  test('a line that is no JSON', () => {
    expect(problemIn(`${lines.with(4, '{"look":').join('\n')}\n`)).toBe('line 5 is not JSON');
  });

  test('a line that is missing', () => {
    expect(problemIn(`${lines.toSpliced(3, 1).join('\n')}\n`)).toBe(
      'line 4 is look 4, where look 3 is expected: lines are missing',
    );
  });

  test('a field that is missing', () => {
    expect(problemIn(changed(2, ({ world: _world, ...rest }) => rest))).toMatch(/^line 3 does not fit: world: /);
  });

  test('a value that no line has', () => {
    expect(problemIn(changed(1, (line) => ({ ...line, parts: [] })))).toMatch(
      /^line 2 does not fit: part \d+ is missing$/,
    );
  });

  test('an object that is no Rollout', () => {
    const without = changed(1, (line) => ({ ...line, world: { ...(line['world'] as object), rollout: 999_999 } }));
    expect(problemIn(without)).toBe('line 2 does not fit: object 999999 is missing');
  });

  test('an end that counts otherwise', () => {
    const last = lines.length - 1;
    expect(problemIn(changed(last, (line) => ({ ...line, looks: 3 })))).toBe(
      `line ${lines.length} says that there are 3 looks, and there are ${lines.length - 2}`,
    );
  });

  test('something behind the end', () => {
    const text = `${lines.join('\n')}\n${lines[1] ?? ''}\n`;
    expect(problemIn(text)).toBe(`line ${lines.length + 1} stands behind the end of the recording`);
  });
});
