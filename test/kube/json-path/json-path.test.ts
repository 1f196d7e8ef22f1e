import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileJsonPath } from '../../../src/kube/json-path.ts';
import type { Json } from '../../../src/kube/json.ts';

/** What the library of Kubernetes answers; `go/main.go` says how it was asked. */
interface Case {
  readonly path: string;
  readonly data: Json;
  readonly results?: readonly Json[];
  readonly error?: string;
}

const CASES = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as readonly Case[];

/** Where ours finds more, by the path: what an error of the library leaves without a meaning. */
const BEYOND: ReadonlyMap<string, readonly Json[]> = new Map([
  // Whole numbers and others compare.
  ['{$.items[?(@.v>5)].n}', ['b', 'c']],
  ['{$.items[?(@.v==6)].n}', ['b']],
  // Keys with a blank, and in the other quotes.
  ["{$.e['f g']}", [3]],
  ['{$["c-d"]}', [2]],
  // null is a value.
  ['{$}', [null]],
]);

/** Where the library stops at the first empty list. */
const GOES_ON: ReadonlyMap<string, readonly Json[]> = new Map([['{[*][*]}', [1]]]);

function find(path: string, data: Json): readonly Json[] | string {
  const compiled = compileJsonPath(path);
  const result = 'problem' in compiled ? compiled : compiled.find(data);
  return 'problem' in result ? result.problem : result.found;
}

test('the library was asked', () => {
  expect(CASES.filter(({ results }) => results !== undefined).length).toBeGreaterThan(50);
  expect(CASES.filter(({ error }) => error !== undefined).length).toBeGreaterThan(25);
});

describe('as the library of Kubernetes', () => {
  test.each(CASES.filter(({ error }) => error === undefined))(
    '$path finds $results',
    ({ path, data, results = [] }) => {
      expect(find(path, data)).toEqual(GOES_ON.get(path) ?? results);
    },
  );

  const refused = CASES.filter(({ error }) => error !== undefined);

  test.each(refused.filter(({ path }) => !BEYOND.has(path)))('$path: $error', ({ path, data }) => {
    expect(find(path, data)).toBeTypeOf('string');
  });

  test.each(refused.filter(({ path }) => BEYOND.has(path)))('but $path finds something', ({ path, data }) => {
    expect(find(path, data)).toEqual(BEYOND.get(path));
  });
});

describe('what is wrong is said', () => {
  test.each([
    ['{.nope}', 'nope is not found'],
    ['{items[0].v}', 'unrecognized identifier items'],
    ['{.t', 'a brace is not closed'],
    ['{.list[7]}', 'array index out of bounds: index 7, length 2'],
    ['{.list[?(@>"a")]}', 'incompatible types for comparison'],
    ['{.list[?(@=1)]}', 'unrecognized filter operator ='],
    ['{.t.x[*]}', 'x is not found'],
    ['{.t[*]}', 'string is not array or slice'],
    ['{range .list[*]}{@}', 'range has no end'],
    ['{.list range}', 'range is not at the beginning of its braces'],
  ])('of %s', (path, problem) => {
    expect(find(path, { t: 'text', list: [1, 2] })).toBe(problem);
  });
});

describe('the work is bounded', () => {
  const deeply = (depth: number): Json => (depth === 0 ? 1 : { a: deeply(depth - 1) });
  const wide = deeply(200);

  test('for paths that lead to the same values over and over', () => {
    expect(find('{...*...*...*...*}', wide)).toBe('the path leads to too many values');
  });

  test('in filters too, where what is missing is no error', () => {
    const list = Array.from({ length: 2000 }, () => wide);
    expect(find('{[?(@...*...x)]}', list)).toBe('the path leads to too many values');
  });

  test('for one list that is named many times', () => {
    const list = [Array.from({ length: 100_000 }, () => 1)];
    expect(find(`{[${'0,'.repeat(2000)}0][*]}`, list)).toBe('the path leads to too many values');
  });

  test('for long templates', () => {
    expect(find(`{${'.a'.repeat(3000)}}`, wide)).toBe('it is longer than 4096 characters');
  });

  test('for values that are nested deeply', () => {
    let deep: Json = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(find('{..x}', deep)).toBe('x is not found');
  });
});

test('members of an object come in the order of their names', () => {
  expect(find('{.*}', { b: 1, a: 2, c: 3 })).toEqual([2, 1, 3]);
});

test('long lists are found whole', () => {
  const list = Array.from({ length: 300_000 }, (_, index) => index);
  expect(find('{[*]}', list)).toHaveLength(300_000);
});
