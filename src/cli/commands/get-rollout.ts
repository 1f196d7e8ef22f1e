/** `get rollout`. */
import { command, type Call } from '../command.ts';
import { CommandError } from '../errors.ts';
import { PICTURE_OPTIONS, printPicture } from '../picture.ts';

const OPTIONS = {
  ...PICTURE_OPTIONS,
  'timeout-seconds': { kind: 'count', help: 'With --watch: stop after so many seconds. 0: never.' },
} as const;

export const getRollout = command({
  path: ['get', 'rollout'],
  aliases: ['ro', 'rollouts'],
  summary: 'Show a rollout with its revisions, pods, analysis and experiments',
  args: ['NAME'],
  names: 'rollouts',
  options: OPTIONS,
  examples: ['get rollout web', 'get rollout web --watch', 'get rollout web -o json'],
  run: (call) => (call.options.watch ? watch(call, call.options['timeout-seconds'] * 1000) : show(call)),
});

type PictureCall = Pick<Call<typeof PICTURE_OPTIONS>, 'args' | 'options' | 'terminal' | 'cluster'>;

async function show({ args: [name = ''], options, terminal, cluster }: PictureCall): Promise<void> {
  const { readSeen } = await import('../../clients/read-seen.ts');
  const seen = await readSeen(await cluster(), name, terminal.note);
  const [{ viewOf }, { rolloutLines }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../print/rollout.ts'),
  ]);
  const view = viewOf(seen, terminal.now());
  printPicture(options, terminal, view, rolloutLines(view, terminal.now()));
}

/** Also for a rollout that another command has just made. */
export async function watch({ args: [name = ''], options, terminal, cluster }: PictureCall, timeoutMs: number) {
  const [{ viewOf }, { liveRollout }, { showLive }, { rolloutLines }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../../clients/live-rollout.ts'),
    import('../watch/show-live.ts'),
    import('../print/rollout.ts'),
  ]);
  const connected = await cluster();
  const { live, seen } = await liveRollout(connected, name);
  const picture = (now: number) => {
    const present = seen();
    return present === null ? null : rolloutLines(viewOf(present, now), now);
  };
  try {
    await live.start();
    const colours = options['no-color'] ? 'none' : terminal.colours;
    const isThere = await showLive({ cluster: connected, terminal, colours, live, timeoutMs, picture });
    if (!isThere) throw new CommandError(`rollout '${name}' was deleted`);
  } finally {
    await live.stop();
  }
}
