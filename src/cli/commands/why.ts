/** `why`. */
import type { State } from '../../core/view/ends.ts';
import type { RolloutView } from '../../core/view/view.ts';
import { command, type Call } from '../command.ts';
import { CommandError, Verdict } from '../errors.ts';
import { PICTURE_OPTIONS, printPicture } from '../picture.ts';

/** What scripts ask for; docs/cli/lint-and-why.md has the table. 1 is for questions without an answer. */
export const EXIT_CODES: Readonly<Record<State, number>> = {
  healthy: 0,
  progressing: 3,
  waitsForPerson: 4,
  blocked: 5,
  degraded: 6,
};
const NOT_FOUND = 2;

export const why = command({
  path: ['why'],
  summary: 'Say why a rollout is where it is, and what ends that; the exit code tells scripts',
  args: ['NAME'],
  names: 'rollouts',
  options: PICTURE_OPTIONS,
  examples: ['why web', 'why web --watch', 'why web -o json'],
  run: async (call) => {
    const state = await (call.options.watch ? watch(call) : show(call)).catch(orNotFound);
    if (EXIT_CODES[state] !== 0) throw new Verdict('', EXIT_CODES[state]);
  },
});

type WhyCall = Call<typeof PICTURE_OPTIONS>;

async function show(call: WhyCall): Promise<State> {
  const { args, terminal, cluster } = call;
  const [{ readSeen }, { readEvents }] = await Promise.all([
    import('../../clients/read-seen.ts'),
    import('../../clients/read-events.ts'),
  ]);
  const [connected, name] = [await cluster(), args[0] ?? ''];
  const [seen, events] = await Promise.all([readSeen(connected, name, terminal.note), readEvents(connected, name)]);
  const { viewOf } = await import('../../clients/observed.ts');
  const view = viewOf({ ...seen, events }, terminal.now());
  await print(call, view);
  return view.explanation.state;
}

/** Prints it again whenever it has changed, until a person presses Ctrl-C. */
async function watch(call: WhyCall): Promise<State> {
  const { args, terminal, cluster } = call;
  const [{ viewOf }, { liveRollout }, { until }, { readEvents }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../../clients/live-rollout.ts'),
    import('../watch/until.ts'),
    import('../../clients/read-events.ts'),
  ]);
  const connected = await cluster();
  const name = args[0] ?? '';
  const { live, seen } = await liveRollout(connected, name);
  let events = await readEvents(connected, name);
  let printed = '';
  let view: RolloutView | null = null;
  let printing = Promise.resolve();
  const look = (): boolean => {
    const present = seen();
    if (present === null) return true;
    const next = viewOf({ ...present, events }, terminal.now());
    // They come with what changes, so they are read again after it, and shown with the next change.
    void readEvents(connected, name).then((read) => (events = read));
    view = next;
    const text = JSON.stringify(next.explanation);
    if (text !== printed) printing = printing.then(() => print(call, next));
    printed = text;
    return false;
  };
  try {
    await live.start();
    const { clock } = connected;
    const { interrupted } = terminal;
    const ending = await until({ clock, live, interrupted, timeoutMs: 0, paceMs: PACE_MS, tickMs: null, look });
    await printing;
    if (ending === 'reached') throw new Verdict(`rollout '${name}' was deleted`, NOT_FOUND);
    return (view as RolloutView | null)?.explanation.state ?? 'progressing';
  } finally {
    await live.stop();
  }
}

/** What passes within a blink need not be read. */
const PACE_MS = 500;

async function print({ options, terminal }: WhyCall, view: RolloutView): Promise<void> {
  const { whyJson, whyLines } = await import('../print/why.ts');
  const { program, now } = terminal;
  printPicture(options, terminal, whyJson(view, program), whyLines(view, now(), program));
}

/** By its kind, as every ApiError has one: the class itself is not worth loading for this. */
function orNotFound(error: unknown): never {
  const isMissing = error instanceof Error && 'kind' in error && error.kind === 'notFound';
  throw isMissing && !(error instanceof CommandError) ? new Verdict(error.message, NOT_FOUND) : error;
}
