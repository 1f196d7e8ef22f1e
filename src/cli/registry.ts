/** Every command there is. What one needs beside its own file, and is slow to load, it loads when it runs. */
import type { AnyCommand } from './command.ts';
import { convert } from './commands/convert.ts';
import { getRollout } from './commands/get-rollout.ts';
import { listRollouts } from './commands/list-rollouts.ts';
import { promote } from './commands/promote.ts';
import { version } from './commands/version.ts';

export const COMMANDS: readonly AnyCommand[] = [convert, getRollout, listRollouts, promote, version];

/** Words that stand before several commands. */
export const GROUPS: Readonly<Record<string, string>> = {
  get: 'Show one object and all that belongs to it',
  list: 'List objects',
};

/** Commands that other tools of this API have, and this program does not have yet. */
export const MISSING: readonly string[] = [
  'dashboard',
  'history',
  'lint',
  'notifications',
  'plan',
  'record',
  'replay',
  'why',
];
