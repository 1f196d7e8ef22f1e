import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonOf, noAnswer, refusal } from '../../../src/providers/http/answer.ts';
import type { HttpAnswer } from '../../../src/providers/http/request.ts';

const answer = (more: Partial<HttpAnswer> = {}): HttpAnswer => ({
  host: 'metrics:9090',
  status: 500,
  contentType: 'text/plain',
  body: '',
  scrub: (text) => text.replaceAll('hidden', '*****'),
  ...more,
});

describe('a refusal', () => {
  test.each([
    [{ status: 401 }, 'refused the credentials (status 401)'],
    [{ status: 403 }, 'refused access (status 403)'],
    [{ status: 429 }, 'limits how often it is asked (status 429)'],
    [{ status: 500 }, 'answered with status 500'],
    [{ body: ' overloaded\n' }, 'answered with status 500: overloaded'],
    [{ body: 'the token hidden is unknown' }, 'answered with status 500: the token ***** is unknown'],
    [{ body: '<html>', contentType: 'text/html; charset=utf-8' }, 'answered with status 500'],
  ])('of %o is a sentence', (more, sentence) => {
    expect(refusal(answer(more)).message).toBe(`metrics:9090 ${sentence}`);
  });

  test('quotes a text whole or not at all, so that no part of a secret stays', () => {
    const text = 'x'.repeat(1000);
    expect(refusal(answer({ body: text })).message).toBe(`metrics:9090 answered with status 500: ${text}`);
    expect(refusal(answer({ body: `${text}x` })).message).toBe('metrics:9090 answered with status 500');
  });

  test('quotes the reason in the place of the body', () => {
    expect(refusal(answer({ body: '{"message":"slow"}' }), 'slow').message).toBe(
      'metrics:9090 answered with status 500: slow',
    );
  });
});

test('an answer that says that there is none is an error with its reason', () => {
  expect(noAnswer(answer(), 'bad query').message).toBe('metrics:9090 could not answer: bad query');
  expect(noAnswer(answer(), '').message).toBe('metrics:9090 could not answer');
});

describe('JSON', () => {
  const shape = z.object({ list: z.array(z.number()) });

  test('of the right form is read', () => {
    expect(jsonOf(answer({ body: '{"list":[1],"more":true}' }), shape)).toEqual({ list: [1] });
  });

  test.each([
    ['', 'answered with nothing'],
    [' \n', 'answered with nothing'],
    ['{', 'answered with what is not JSON'],
    ['null', 'answered with JSON of an unexpected form'],
    ['{"list":[1,"two"]}', 'answered with JSON of an unexpected form, at list.1'],
    [`${'['.repeat(201)}${']'.repeat(201)}`, 'answered with JSON that is nested too deeply'],
    ['{"list":[1e999]}', 'answered with JSON with a number that is too large'],
    [`{"list":[${'9'.repeat(400)}]}`, 'answered with JSON with a number that is too large'],
  ])('%s is an error', (body, sentence) => {
    expect(() => jsonOf(answer({ body }), shape)).toThrow(`metrics:9090 ${sentence}`);
  });

  test('may be nested and have large numbers', () => {
    const body = `{"list":[1e308,0.${'1'.repeat(400)}],"deep":${'['.repeat(199)}"]]["${']'.repeat(199)}}`;
    expect(jsonOf(answer({ body }), shape).list[0]).toBe(1e308);
  });
});
