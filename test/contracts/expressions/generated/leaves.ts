/** Parts that have no parts, by their type. */
import { COMPARISONS, fixed, type Forms, type Type } from './form.ts';
import { reached } from './reached.ts';

export const LEAVES: Readonly<Record<Type, Forms>> = {
  bool: [
    [3, fixed('true', 'false')],
    [
      2,
      (r, d, s) =>
        `${reached('any')(r, d, s)} ${r.pick(COMPARISONS)} ${fixed('0', '0.5', '1', '2', '"ok"', '"200"', 'nil', '1e2')(r, d, s)}`,
    ],
    [2, (r, d, s) => `${fixed('0.1', '1', '5', '100')(r, d, s)} ${r.pick(COMPARISONS)} ${reached('any')(r, d, s)}`],
    [
      1,
      (r, d, s) =>
        `${reached('any')(r, d, s)} in ${r.pick(['[1, 2]', '["a", "ok"]', '[1.5, 0.5]', '1..3', '[nil]', '[]', '[200, "200"]', '{"ok": 1}'])}`,
    ],
    [1, reached('bool')],
  ],
  number: [
    [
      4,
      fixed(
        '0',
        '1',
        '2',
        '0.5',
        '1.0',
        '.9',
        '9e-1',
        '1_000',
        '0x1F',
        '0b101',
        '0o17',
        '012',
        '1e3',
        '9223372036854775807',
        '1.5E+2',
        '-1',
        '100',
      ),
    ],
    [5, reached('number')],
  ],
  whole: [
    [5, fixed('0', '1', '2', '3', '7', '10', '-1', '64', '9223372036854775807')],
    [2, reached('whole')],
    [1, (r, d, s) => `asInt(${reached('number')(r, d, s)})`],
  ],
  text: [
    [
      6,
      fixed(
        '"ok"',
        '""',
        "'a,b'",
        '"OK: 12 errors"',
        '`raw\\n`',
        '"\\u00fc"',
        '"\\x41\\n"',
        '"日本"',
        '"1.5"',
        '"200"',
        '"1h"',
        '"e"',
        '","',
        '"2024-02-29"',
        "'it\\'s'",
        '"[1,2]"',
        '"\\u{1F600}"',
      ),
    ],
    [4, reached('text')],
  ],
  list: [
    [5, reached('list')],
    [
      4,
      fixed(
        '[1, 2, 3]',
        '[0.5, 1]',
        '["a", "b"]',
        '[]',
        '1..4',
        '[nil, 1, "x"]',
        '[[1, 2], [3]]',
        '[true, false]',
        '[3, 1, 2]',
        '[{"n": 1}, {"n": 0}]',
        '["b", "a", "b"]',
      ),
    ],
    [2, fixed('result')],
  ],
  map: [
    [3, fixed('{}', '{"a": 1}', '{a: "x", n: 1.5}', '{"a": nil, "b": [1]}', '$env', '{1: 2}')],
    [2, reached('map')],
    [1, fixed('result')],
  ],
  time: [
    [
      5,
      fixed(
        'date("2024-02-29")',
        'date("2023-12-31 23:59:59")',
        'date("2024-06-01T12:00:00Z")',
        'date("2024-06-01T12:00:00.25+02:00")',
        'date("03/04/2024", "02/01/2006")',
        'date("2024-03-31 02:30", "2006-01-02 15:04", "Europe/Berlin")',
        'date("12:30:15")',
        'date("Mon, 02 Jan 2006 15:04:05 MST")',
      ),
    ],
    [1, reached('time')],
  ],
  duration: [
    [
      5,
      fixed(
        'duration("1h")',
        'duration("90m")',
        'duration("1.5s")',
        'duration("-1h2m3.004s")',
        'duration("250ms")',
        'duration("3us")',
        'duration("1d")',
        'duration("0")',
      ),
    ],
    [1, reached('duration')],
  ],
  any: [
    [4, reached('any')],
    [3, fixed('nil', '1', '"ok"', 'true', '1.5', '[1]', '{}', '0', 'result')],
  ],
};
