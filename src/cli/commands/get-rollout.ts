/** `get rollout`. */
import type { Cluster } from '../cluster.ts';
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
  const [{ viewOf }, { readSeen }, { rolloutLines }] = await Promise.all([
    import('../observed.ts'),
    import('../read-seen.ts'),
    import('../print/rollout.ts'),
  ]);
  const view = viewOf(await readSeen(await cluster(), name, terminal.note), terminal.now());
  printPicture(options, terminal, view, rolloutLines(view, terminal.now()));
}

/** Also for a rollout that another command has just made. */
export async function watch({ args: [name = ''], options, terminal, cluster }: PictureCall, timeoutMs: number) {
  const [{ viewOf, WATCHED, ROLLOUT }, { readRollout, readWorkload }, { LiveObjects }, { showLive }, { rolloutLines }] =
    await Promise.all([
      import('../observed.ts'),
      import('../read-rollout.ts'),
      import('../watch/live-objects.ts'),
      import('../watch/show-live.ts'),
      import('../print/rollout.ts'),
    ]);
  const connected: Cluster = await cluster();
  const { client, namespace } = connected;
  let rollout = await readRollout(client, { namespace, name });
  let workload = await readWorkload(client, rollout);
  const live = new LiveObjects({ cluster: connected, namespace, watched: [ROLLOUT, ...WATCHED] });
  const picture = (now: number) => {
    const present = live.lookup.get<typeof rollout>(ROLLOUT.resource, namespace, name);
    if (present === undefined) return null;
    if (present.metadata.resourceVersion !== rollout.metadata.resourceVersion) {
      rollout = present;
      // The status follows a change of the workload, so it is read again with the status.
      void readWorkload(client, present).then(
        (read) => (workload = read),
        () => undefined,
      );
    }
    return rolloutLines(viewOf({ rollout: present, workload, lookup: live.lookup }, now), now);
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
