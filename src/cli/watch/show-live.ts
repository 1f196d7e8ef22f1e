/** Shows a picture of live objects until a person presses Ctrl-C, or for a time. */
import type { Cluster } from '../../clients/cluster.ts';
import { line, span, type Colours, type Line } from '../print/text.ts';
import type { Terminal } from '../terminal.ts';
import type { LiveObjects } from '../../clients/live-objects.ts';
import { Screen } from './screen.ts';
import { until } from './until.ts';

/** At most five pictures a second. */
const PACE_MS = 200;
/** Ages grow. */
const TICK_MS = 1000;

interface ShowOptions {
  readonly cluster: Cluster;
  readonly terminal: Terminal;
  readonly colours: Colours;
  readonly live: LiveObjects;
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** `null` once what is shown has been deleted, which ends it. */
  readonly picture: (now: number) => readonly Line[] | null;
}

/** Resolves with whether what was shown is still there. */
export async function showLive(options: ShowOptions): Promise<boolean> {
  const { cluster, terminal, colours, live, timeoutMs, picture } = options;
  const screen = new Screen(terminal, colours);
  const isTerminal = terminal.size() !== null;
  const look = (): boolean => {
    const lines = picture(terminal.now());
    if (lines === null) return true;
    screen.show([...lines, ...troubleLines(live)]);
    return false;
  };
  try {
    const { clock } = cluster;
    const { interrupted } = terminal;
    // In a file a new picture for every second would say nothing new.
    const tickMs = isTerminal ? TICK_MS : null;
    const ending = await until({ clock, live, interrupted, timeoutMs, paceMs: PACE_MS, tickMs, look });
    return ending !== 'reached';
  } finally {
    screen.close();
  }
}

function troubleLines({ trouble }: LiveObjects): readonly Line[] {
  return trouble === null ? [] : [line(), line(span(`What is shown may be out of date. ${trouble}`, 'bad'))];
}
