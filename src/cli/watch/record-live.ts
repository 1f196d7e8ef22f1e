/** Records a Rollout until a person presses Ctrl-C, a time or the update is over, or a bound is reached. */
import type { Cluster } from '../../clients/cluster.ts';
import type { LiveRecord } from '../../clients/live-record.ts';
import type { RolloutView } from '../../core/view/view.ts';
import type { EndReason } from '../../recording/format.ts';
import type { RecordingWriter } from '../../recording/recording-writer.ts';
import type { Terminal } from '../terminal.ts';
import { until } from './until.ts';

/** Changes wait for others that belong before them, so that there is no hurry. */
const PACE_MS = 100;
/** Some looks are due by time alone. */
const TICK_MS = 250;

interface RecordOptions {
  readonly cluster: Cluster;
  readonly terminal: Pick<Terminal, 'interrupted' | 'note'>;
  readonly recorded: LiveRecord;
  readonly writer: RecordingWriter;
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** Whether the end of the update ends it. */
  readonly untilDone: boolean;
}

/** Resolves with what has ended it, which is the last line as well. */
export async function recordLive(options: RecordOptions): Promise<EndReason> {
  const { cluster, terminal, recorded, writer, timeoutMs } = options;
  const { clock } = cluster;
  let end: EndReason = 'failed';
  const look = lookInto(options);
  const noteTrouble = troubleNoter(options);
  try {
    const ending = await until({
      clock,
      live: recorded.live,
      interrupted: terminal.interrupted,
      timeoutMs,
      paceMs: PACE_MS,
      tickMs: TICK_MS,
      look: () => {
        noteTrouble();
        return look(false) !== null;
      },
    });
    end = look(true) ?? (ending === 'timeout' ? 'time' : 'interrupted');
    return end;
  } finally {
    writer.end(end, clock.now());
  }
}

/** A connection that is lost is opened again; what has happened in between is missing. */
function troubleNoter({ recorded: { live }, terminal }: RecordOptions): () => void {
  let noted: string | null = null;
  return () => {
    const { trouble } = live;
    if (trouble !== null && trouble !== noted) terminal.note(`Note: what happens now may be missing. ${trouble}`);
    noted = trouble;
  };
}

/** Takes the looks that are due, and returns what ends the recording, also when it is asked again. */
function lookInto({ cluster, recorded, writer, untilDone }: RecordOptions): (isLast: boolean) => EndReason | null {
  const isOver = overOnceBegun();
  let end: EndReason | null = null;
  return (isLast) => {
    if (end !== null) return end;
    for (const seen of recorded.record.lookAt(cluster.clock.now(), isLast)) {
      if (seen === null) return (end = 'deleted');
      const bound = seen.line === null ? null : writer.add(seen.line);
      if (bound !== null) return (end = bound);
      if (isOver(seen.view) && untilDone) return (end = 'done');
    }
    return null;
  };
}

/** A rollout that is at rest when the recording begins is not over: what is to be recorded comes yet. */
function overOnceBegun(): (view: RolloutView) => boolean {
  let hasBegun = false;
  return ({ phase, retired }) => {
    const isAtRest = (phase === 'Healthy' && retired.length === 0) || phase === 'Degraded';
    hasBegun ||= !isAtRest;
    return hasBegun && isAtRest;
  };
}
