import { describe, expect, test } from 'vitest';
import { flagHelp, FlagError, parseFlags } from '../src/flags.ts';

const TABLE = {
  name: { kind: 'text', default: 'nobody', aliases: ['n'], help: 'a text' },
  loud: { kind: 'switch', default: false, help: 'a switch' },
  threads: { kind: 'count', default: 10, minimum: 1, maximum: 64, aliases: ['workers'], help: 'a count' },
  period: { kind: 'milliseconds', default: 1500, minimum: 100, help: 'a duration' },
  class: { kind: 'list', default: ['nginx'], help: 'a list' },
} as const;

const DEFAULTS = { name: 'nobody', loud: false, threads: 10, period: 1500, class: ['nginx'] };

describe('what is accepted', () => {
  test.each([
    { args: [], values: {} },
    { args: ['--name', 'web'], values: { name: 'web' } },
    { args: ['--name=web'], values: { name: 'web' } },
    { args: ['--name='], values: { name: '' } },
    { args: ['--name=a=b'], values: { name: 'a=b' } },
    { args: ['-n', 'web'], values: { name: 'web' } },
    { args: ['-n=web'], values: { name: 'web' } },
    { args: ['--name=a', '--name=b'], values: { name: 'b' } },
    { args: ['--loud'], values: { loud: true } },
    ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((text) => ({ args: [`--loud=${text}`], values: { loud: true } })),
    ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((text) => ({
      args: ['--loud', `--loud=${text}`],
      values: { loud: false },
    })),
    { args: ['--threads=1'], values: { threads: 1 } },
    { args: ['--threads=64'], values: { threads: 64 } },
    { args: ['--workers', '7'], values: { threads: 7 } },
    { args: ['--period=100ms'], values: { period: 100 } },
    { args: ['--period=15s'], values: { period: 15_000 } },
    { args: ['--period=1m30s'], values: { period: 90_000 } },
    { args: ['--period=1.5h'], values: { period: 5_400_000 } },
    { args: ['--class', 'traefik'], values: { class: ['traefik'] } },
    { args: ['--class=a', '--class=b', '--class='], values: { class: ['a', 'b', ''] } },
  ])('$args', ({ args, values }) => {
    expect(parseFlags(TABLE, args).values).toEqual({ ...DEFAULTS, ...values });
  });

  test('what was given is told from what is a default', () => {
    expect([...parseFlags(TABLE, ['--workers=10', '-n', 'web']).given]).toEqual(['threads', 'name']);
  });
});

describe('what is refused', () => {
  test.each([
    { args: ['--nmae=web'], message: 'unknown flag: --nmae=web' },
    { args: ['-x'], message: 'unknown flag: -x' },
    { args: ['-name=web'], message: 'unknown flag: -name=web' },
    { args: ['--n=web'], message: 'unknown flag: --n=web' },
    { args: ['--'], message: 'unknown flag: --' },
    { args: ['--constructor=1'], message: 'unknown flag: --constructor=1' },
    { args: ['web'], message: 'unexpected argument: web' },
    { args: ['--loud', 'false'], message: 'unexpected argument: false' },
    { args: ['--name'], message: 'flag needs a value: --name' },
    { args: ['--loud=yes'], message: '--loud must be true or false, not "yes"' },
    { args: ['--loud='], message: '--loud must be true or false, not ""' },
    { args: ['--loud=constructor'], message: '--loud must be true or false, not "constructor"' },
    { args: ['--threads=0'], message: '--threads must be at least 1, not 0' },
    { args: ['--threads=65'], message: '--threads must be at most 64, not 65' },
    { args: ['--threads=-1'], message: '--threads must be a whole number, not "-1"' },
    { args: ['--threads=1.5'], message: '--threads must be a whole number, not "1.5"' },
    { args: ['--threads='], message: '--threads must be a whole number, not ""' },
    { args: ['--period=0s'], message: '--period must be at least 100ms, not 0ms' },
    { args: ['--period=0'], message: '--period must be at least 100ms, not 0ms' },
    { args: ['--period=-1s'], message: '--period must be at least 100ms, not -1000ms' },
    { args: ['--period=15'], message: '--period must be a duration such as 15s or 1m30s, not "15"' },
    { args: ['--period=soon'], message: '--period must be a duration such as 15s or 1m30s, not "soon"' },
  ])('$args', ({ args, message }) => {
    expect(() => parseFlags(TABLE, args)).toThrow(new FlagError(message));
  });
});

test('the help names every flag with what it does and its default', () => {
  expect(flagHelp(TABLE).split('\n')).toEqual([
    '  -n, --name',
    '        a text (default "nobody")',
    '  --loud',
    '        a switch (default false)',
    '  --threads',
    '        a count (default 10)',
    '  --period',
    '        a duration (default "1.5s")',
    '  --class',
    '        a list (default ["nginx"])',
  ]);
});
