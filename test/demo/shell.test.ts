import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { shellLines } from '../../examples/demo/shell.ts';

const WORDS = ['kubectl', '--kubeconfig=/tmp/a b/c', 'patch', '-p', `{"it's":null}`, '$HOME', '*', ''];

describe('what a shell makes of the lines', () => {
  test.each([Infinity, 80, 40, 20, 1])('in %s columns it is the same words', (width) => {
    const [, ...words] = WORDS;
    const script = shellLines(['printf', String.raw`%s\n`, ...words], width).join('\n');
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
  });
});

test('lines are as wide as allowed, and continued', () => {
  expect(shellLines(['kubectl', 'patch', 'rollout', 'web'], 16)).toEqual([
    String.raw`kubectl patch \ `.trim(),
    '  rollout web',
  ]);
});

test('a word that is too long stays whole', () => {
  expect(shellLines(['kubectl', 'x'.repeat(50)], 20)).toEqual(['kubectl \\', `  ${'x'.repeat(50)}`]);
});
