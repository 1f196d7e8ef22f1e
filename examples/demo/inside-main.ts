/** The demo as a program inside a network namespace; `playInside` starts it. It ends with the process that started it. */
import { exitCodeOf } from './ending.ts';
import type { InsideOrder } from './inside.ts';
import { play } from './play.ts';

// Then the terminal belongs to another process. The reaper ends what was started.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();

const { options, doors } = JSON.parse(process.argv[2] ?? '') as InsideOrder;
try {
  await play(options, doors);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
