/** Conditions on decoded JSON, on no data at all, and on text. */
import { json, text, type Group } from './group.ts';
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';

const NIL: MetricValue = { type: 'nil' };

const OBJECT = json({
  ok: true,
  n: 5,
  code: 200,
  text: 'OK: 12 errors',
  list: [1, 2],
  none: null,
  deep: {
    items: [
      { n: 1, name: 'a' },
      { n: 2, name: 'b' },
    ],
  },
});

export const DOCUMENTS: readonly Group[] = [
  // Decoded JSON: its members have the types that they turn out to have.
  [
    OBJECT,
    [
      ['result.ok', true],
      ['!result.ok == false', true],
      ['not result.n > 5 and true', 'invalid operation: > (mismatched types bool and int)'],
      ['not 5 > 5', 'invalid operation: not (mismatched type int)'],
      ['result.code in [200, 201]', true],
      ['result.code in 200..299', true],
      ['result.code % 100 == 0', 'invalid operation: float64 % int'],
      ['int(result.code) % 100 == 0', true],
      ['result.code == "200"', false],
      ['result.code in ["200"]', 'reflect.Value.MapIndex: value of type float64 is not assignable to type string'],
      ['result.code matches "^2"', 'interface conversion: interface {} is float64, not []uint8'],
      ['string(result.code) matches "^2"', true],
      ['result.list == [1, 2]', true],
      ['result.list == {"a": 1}', false],
      ['{"list": result.list} == {"list": [1, 2]}', false],
      ['{"n": result.n} == {"n": 5}', false],
      ['{"n": result.n} == {"n": 5.0}', true],
      ['result.missing == nil', true],
      ['result.missing < 5', 'invalid operation: <nil> < int'],
      ['result.missing.more', 'cannot fetch more from <nil>'],
      ['result.missing?.more == nil', true],
      ['result.missing?.more.still == nil', true],
      ['result?.missing?.[0] == nil', true],
      ['(result.missing ?? 3) == 3', true],
      ['"ok" in result && "missing" not in result', true],
      ['len(result) == 7', true],
      ['result["n"] > 4 && result?.["n"] > 4', true],
      ['result[0]', 'cannot use int to get an element from map[string]interface {}'],
      ['result.deep.items[1].name == "b"', true],
      ['map(result.deep.items, .n) == [1, 2]', true],
      ['filter(result.deep.items, .n > 1)[0].name == "b"', true],
      ['any(result.deep.items, #.name == "a")', true],
      ['sum(result.deep.items, .n) == 3', true],
      ['result.none == nil && isNil(result) == false', true],
      ['result.text contains "12"', true],
      ['result.n > "4"', 'invalid operation: float64 > string'],
      ['result.ok > 4', 'invalid operation: bool > int'],
      ['$env.result.n == 5 && $env["result"].n == 5', true],
      ['$env.missing', 'unknown name missing'],
      ['$env?.missing == nil', true],
      ['toJSON(result.list) == "[\\n  1,\\n  2\\n]"', true],
      ['sort(keys(result.deep))[0] == "items"', true],
      ['fromPairs([["a", 1]]).a == 1', true],
      ['result.list.Year()', 'invalid operation: int(string)'],
    ],
  ],
  [
    json(null),
    [
      ['result == nil', true],
      ['isNil(5)', true],
      ['default(5, 7) == 7', true],
    ],
  ],
  [
    json([]),
    [
      ['len(result) == 0', true],
      ['isNil(result)', false],
    ],
  ],
  [
    json(0.97),
    [
      ['result > 0.95', true],
      ['result == nil', false],
      ['result[0] > 1', 'type float64[int] is undefined'],
    ],
  ],
  [
    json('up'),
    [
      ['result == "up"', true],
      ['result > 1', 'invalid operation: > (mismatched types string and int)'],
    ],
  ],
  [
    json(true),
    [
      ['result', true],
      ['not result', false],
    ],
  ],
  // No data at all.
  [
    NIL,
    [
      ['result == nil', true],
      ['isNil(result)', true],
      ['default(result, 5) > 4', true],
      ['(result ?? 5) > 4', true],
      ['result > 1', 'invalid operation: > (mismatched types unknown and int)'],
      ['result[0] > 1', 'type unknown[int] is undefined'],
      ['result.a', 'type nil has no field a'],
      ['isNaN(result)', 'cannot use nil as argument (type float64) to call isNaN'],
      ['1 +', 'unexpected token EOF'],
    ],
  ],
  // Text.
  [
    text('OK: 12 errors'),
    [
      ['result contains "12"', true],
      ['result startsWith "OK" && result endsWith "errors"', true],
      ['result not contains "fatal"', true],
      ['result[0:2] == "OK"', true],
      ['len(result) == 13', true],
      ['result > "A"', true],
      ['asInt(split(result, " ")[1]) == 12', true],
      ['"OK" in result', 'invalid operation: in (mismatched types string and string)'],
      ['result[0] == "O"', 'type string[int] is undefined'],
      ['result matches "[0-9]+ errors$"', true],
      ['result matches "("', 'error parsing regexp: missing closing ): `(`'],
      ['result matches "(?<=a)b"', 'error parsing regexp: invalid named capture: `(?<=a)b`'],
      ['upper(result) == "OK: 12 ERRORS"', true],
      ['trim("  a ") == "a" && trim("xax", "x") == "a" && trimPrefix("xa", "x") == "a"', true],
      ['replace(result, "o", "0") == "OK: 12 err0rs" && repeat("ab", 2) == "abab"', true],
      ['join(split("a,b,c", ","), "-") == "a-b-c" && join(["a", "b"]) == "ab"', true],
      ['indexOf(result, "12") == 4 && lastIndexOf(result, "r") == 11', true],
      ['fromJSON("[1]")[0] == 1 && toBase64("a") == "YQ==" && fromBase64("YQ==") == "a"', true],
      ['\'it\\\'s\' == "it\'s" && `a\\n` == "a\\\\n" && "\\u00fc\\x41\\101" == "üAA"', true],
      ['"\\q" == ""', 'invalid char escape'],
      ['"abc', 'literal not terminated'],
    ],
  ],
  [
    text('Grüße'),
    [
      ['len(result) == 5', true],
      ['len(result[2:4]) == 1', true],
      ['indexOf(result, "e") == 6', true],
    ],
  ],
];
