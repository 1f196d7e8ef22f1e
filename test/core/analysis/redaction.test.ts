/** Secrets in texts that are stored or shown (spec B.2, G-40). */
import { describe, expect, test } from 'vitest';
import { redactor } from '../../../src/core/analysis/redaction.ts';
import { Random } from '../../simulation/random.ts';

describe('a secret', () => {
  test.each<{
    readonly name: string;
    readonly secrets: readonly string[];
    readonly text: string;
    readonly shown: string;
  }>([
    { name: 'is hidden everywhere', secrets: ['hunter2'], text: 'a hunter2, xhunter2y', shown: 'a *****, x*****y' },
    { name: 'that is empty hides nothing', secrets: [''], text: 'abc', shown: 'abc' },
    { name: 'of blanks only hides no more than itself', secrets: ['    '], text: 'a b    c', shown: 'a b*****c' },
    {
      name: 'that contains another is hidden as a whole',
      secrets: ['pass', 'password1'],
      text: 'password1 pass',
      shown: '***** *****',
    },
    {
      name: 'that overlaps with another leaves no part',
      secrets: ['abcdef', 'defghi'],
      text: '-abcdefghi-',
      shown: '-*****-',
    },
    { name: 'that repeats within itself leaves no part', secrets: ['anana'], text: 'bananana', shown: 'b*****' },
    {
      name: 'that is short is hidden where it stands alone',
      secrets: ['1'],
      text: '[1] 1.5 10 a1',
      shown: '[*****] *****.5 10 a1',
    },
    {
      name: 'of three letters leaves other words',
      secrets: ['the'],
      text: 'the other, the.',
      shown: '***** other, *****.',
    },
    {
      name: 'is hidden without the line break at its end',
      secrets: ['tok-en123\n'],
      text: 'Bearer tok-en123 refused',
      shown: 'Bearer ***** refused',
    },
    {
      name: 'is hidden in JSON',
      secrets: ['a"b\\c\nd'],
      text: JSON.stringify({ echo: 'a"b\\c\nd' }),
      shown: '{"echo":"*****"}',
    },
    {
      name: 'is hidden in JSON within JSON',
      secrets: ['a"b\\c\nd'],
      text: JSON.stringify(JSON.stringify({ echo: 'a"b\\c\nd' })),
      shown: String.raw`"{\"echo\":\"*****\"}"`,
    },
    {
      name: 'is hidden in JSON as Go writes it',
      secrets: ['a<b>&c'],
      text: String.raw`"a\u003cb\u003e\u0026c"`,
      shown: '"*****"',
    },
    {
      name: 'is hidden in a URL',
      secrets: ['a b/c&d'],
      text: 'GET /?t=a%20b%2Fc%26d and /?t=a+b%2Fc%26d: refused',
      shown: 'GET /?t=***** and /?t=*****: refused',
    },
    {
      name: 'with a broken character is hidden all the same',
      secrets: ['ab\ud800cd'],
      text: 'ab\ud800cd',
      shown: '*****',
    },
    { name: 'like a pattern is taken literally', secrets: ['.*.*'], text: 'abcd .*.*', shown: 'abcd *****' },
  ])('$name', ({ secrets, text, shown }) => {
    expect(redactor(secrets)(text)).toBe(shown);
  });
});

test('without secrets a text stays as it is', () => {
  expect(redactor([])('anything')).toBe('anything');
});

test.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'seed %d: no long secret survives, and what holds none stays',
  (seed) => {
    const random = new Random(seed);
    const letters = (length: number): string =>
      Array.from({ length }, () => random.pick(['a', 'b', '"', '\\', ' ', '\n'])).join('');
    const secrets = Array.from({ length: random.between(1, 3) }, () => letters(random.between(0, 6)));
    const plain = letters(30);
    const text = random.chance(0.5)
      ? plain + random.pick(secrets) + letters(5)
      : JSON.stringify([random.pick(secrets)]);
    const shown = redactor(secrets)(text);
    for (const secret of secrets.filter(({ length }) => length >= 4)) expect(shown).not.toContain(secret);
    const foreign = 'xy.7'.repeat(5);
    expect(redactor(secrets)(foreign)).toBe(foreign);
  },
);
