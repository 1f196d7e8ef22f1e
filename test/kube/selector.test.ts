import { describe, expect, test } from 'vitest';
import type { LabelSelector } from '../../src/kube/objects.ts';
import { matchesSelector, selectorProblem, selectorText } from '../../src/kube/selector.ts';

function expression(key: string, operator: string, values?: readonly string[]): LabelSelector {
  return { matchExpressions: [values === undefined ? { key, operator } : { key, operator, values }] };
}

describe('matching', () => {
  test.each([
    { name: 'nothing asked', selector: {}, labels: { a: 'b' }, matches: true },
    { name: 'equal label', selector: { matchLabels: { a: 'b' } }, labels: { a: 'b', c: 'd' }, matches: true },
    { name: 'other value', selector: { matchLabels: { a: 'b' } }, labels: { a: 'c' }, matches: false },
    { name: 'one of two labels', selector: { matchLabels: { a: 'b', c: 'd' } }, labels: { a: 'b' }, matches: false },
    { name: 'an empty value is not an absent label', selector: { matchLabels: { a: '' } }, labels: {}, matches: false },
    { name: 'In', selector: expression('a', 'In', ['x', 'b']), labels: { a: 'b' }, matches: true },
    { name: 'In, other value', selector: expression('a', 'In', ['x']), labels: { a: 'b' }, matches: false },
    { name: 'In, absent label', selector: expression('a', 'In', ['x']), labels: {}, matches: false },
    { name: 'NotIn', selector: expression('a', 'NotIn', ['x']), labels: { a: 'b' }, matches: true },
    { name: 'NotIn, absent label', selector: expression('a', 'NotIn', ['x']), labels: {}, matches: true },
    { name: 'NotIn, listed value', selector: expression('a', 'NotIn', ['b']), labels: { a: 'b' }, matches: false },
    { name: 'Exists', selector: expression('a', 'Exists'), labels: { a: '' }, matches: true },
    { name: 'Exists, absent label', selector: expression('a', 'Exists'), labels: {}, matches: false },
    { name: 'DoesNotExist', selector: expression('a', 'DoesNotExist'), labels: {}, matches: true },
    {
      name: 'DoesNotExist, present label',
      selector: expression('a', 'DoesNotExist', []),
      labels: { a: '' },
      matches: false,
    },
    { name: 'an unknown operator', selector: expression('a', 'Gt', ['1']), labels: { a: '2' }, matches: false },
    { name: 'In without values', selector: expression('a', 'In'), labels: { a: 'b' }, matches: false },
    { name: 'NotIn without values', selector: expression('a', 'NotIn', []), labels: {}, matches: false },
    { name: 'Exists with values', selector: expression('a', 'Exists', ['b']), labels: { a: 'b' }, matches: false },
    {
      name: 'an operator of the prototype',
      selector: expression('a', 'constructor'),
      labels: { a: 'b' },
      matches: false,
    },
    { name: 'a label of the prototype', selector: expression('constructor', 'Exists'), labels: {}, matches: false },
    {
      name: 'labels and expressions together',
      selector: { matchLabels: { a: 'b' }, ...expression('c', 'Exists') },
      labels: { a: 'b' },
      matches: false,
    },
  ])('$name: $matches', ({ selector, labels, matches }) => {
    expect(matchesSelector(selector, labels)).toBe(matches);
  });
});

describe('text', () => {
  test.each([
    { selector: {}, text: '' },
    { selector: { matchLabels: { app: 'web' } }, text: 'app=web' },
    { selector: { matchLabels: { tier: 'a', app: 'web' } }, text: 'app=web,tier=a' },
    {
      selector: { matchLabels: { app: 'web' }, ...expression('tier', 'In', ['b', 'a']) },
      text: 'app=web,tier in (a,b)',
    },
    { selector: { matchLabels: { app: 'web' }, ...expression('a', 'NotIn', ['x']) }, text: 'a notin (x),app=web' },
    { selector: { matchLabels: { app: 'web' }, ...expression('app', 'Exists') }, text: 'app=web,app' },
    { selector: expression('a', 'DoesNotExist'), text: '!a' },
    { selector: { matchLabels: { a: '' } }, text: 'a=' },
  ])('$text', ({ selector, text }) => {
    expect(selectorText(selector)).toBe(text);
  });
});

describe('problems', () => {
  test.each([
    { selector: { matchLabels: { app: 'web' } }, problem: null },
    { selector: { matchLabels: { 'example.com/app': '' } }, problem: null },
    { selector: { matchLabels: { ['k'.repeat(63)]: 'v'.repeat(63) } }, problem: null },
    { selector: expression('a', 'Exists'), problem: null },
    { selector: expression('a', 'In', ['b']), problem: null },
    { selector: {}, problem: 'an empty selector is not allowed' },
    { selector: { matchLabels: {}, matchExpressions: [] }, problem: 'an empty selector is not allowed' },
    { selector: { matchLabels: { '-a': 'b' } }, problem: '"-a" is not a valid label key' },
    { selector: { matchLabels: { 'a/b/c': 'b' } }, problem: '"a/b/c" is not a valid label key' },
    { selector: { matchLabels: { '/a': 'b' } }, problem: '"/a" is not a valid label key' },
    { selector: { matchLabels: { 'Example.com/a': 'b' } }, problem: '"Example.com/a" is not a valid label key' },
    { selector: { matchLabels: { ['k'.repeat(64)]: 'v' } }, problem: `"${'k'.repeat(64)}" is not a valid label key` },
    { selector: { matchLabels: { a: 'b c' } }, problem: '"b c" is not a valid value of label "a"' },
    { selector: expression('a', 'Gt', ['1']), problem: '"Gt" is not a valid label selector operator' },
    { selector: expression('a', 'In', []), problem: 'operator In of key "a" needs at least one value' },
    { selector: expression('a', 'Exists', ['b']), problem: 'operator Exists of key "a" takes no values' },
    { selector: expression('', 'Exists'), problem: '"" is not a valid label key' },
    { selector: expression('a', 'In', ['-']), problem: '"-" is not a valid value of label "a"' },
  ])('$selector: $problem', ({ selector, problem }) => {
    expect(selectorProblem(selector)).toBe(problem);
  });
});
