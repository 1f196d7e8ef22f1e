import { expect, test } from 'vitest';
import { outcomeOf } from './command.ts';
import type { CommandOutcome } from './command.ts';

const ends = (afterSeconds: number, code: number): CommandOutcome => ({ kind: 'exits', afterSeconds, code });

test.each<{ name: string; command: readonly string[]; outcome: CommandOutcome }>([
  { name: 'no command', command: [], outcome: { kind: 'unknown' } },
  { name: 'a program of its own', command: ['nginx', '-g', 'daemon off;'], outcome: { kind: 'unknown' } },
  { name: 'sleep', command: ['sleep', '30'], outcome: ends(30, 0) },
  { name: 'sleep in minutes', command: ['/bin/sleep', '2m'], outcome: ends(120, 0) },
  { name: 'sleep for ever', command: ['sleep', 'infinity'], outcome: { kind: 'runs' } },
  { name: 'false', command: ['/usr/bin/false'], outcome: ends(0, 1) },
  { name: 'a script that exits', command: ['sh', '-c', 'sleep 2; exit 1; sleep 9'], outcome: ends(2, 1) },
  { name: 'a script with -ec', command: ['/bin/bash', '-ec', 'echo hi\nsleep 0.5'], outcome: ends(0.5, 0) },
  { name: 'and after failure', command: ['sh', '-c', 'false && sleep 9'], outcome: ends(0, 1) },
  { name: 'or after failure', command: ['sh', '-c', 'false || sleep 3'], outcome: ends(3, 0) },
  { name: 'or after success', command: ['sh', '-c', 'true || exit 5'], outcome: ends(0, 0) },
  { name: 'a loop', command: ['sh', '-c', 'while true; do sleep 1; done'], outcome: { kind: 'runs' } },
  { name: 'exec of a server', command: ['sh', '-c', 'sleep 1; exec server'], outcome: { kind: 'unknown' } },
  {
    name: 'a missing program',
    command: ['/app/does-not-exist'],
    outcome: { kind: 'cannot-start', program: '/app/does-not-exist' },
  },
  { name: 'a missing program in a script', command: ['sh', '-c', 'does-not-exist'], outcome: ends(0, 127) },
])('$name', ({ command, outcome }) => {
  expect(outcomeOf(command)).toEqual(outcome);
});
