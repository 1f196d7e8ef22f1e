/** `get experiment`. */
import type { Experiment } from '../../api/schema/experiment.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import { command, type Call } from '../command.ts';
import { CommandError } from '../errors.ts';
import { PICTURE_OPTIONS, printPicture } from '../picture.ts';

export const getExperiment = command({
  path: ['get', 'experiment'],
  aliases: ['exp', 'experiments'],
  summary: 'Show an experiment with its pods and analysis',
  args: ['NAME'],
  names: 'experiments',
  options: PICTURE_OPTIONS,
  examples: ['get experiment probe', 'get experiment probe --watch'],
  run: (call) => (call.options.watch ? watch(call) : show(call)),
});

type PictureCall = Pick<Call<typeof PICTURE_OPTIONS>, 'args' | 'options' | 'terminal' | 'cluster'>;

async function show({ args: [name = ''], options, terminal, cluster }: PictureCall): Promise<void> {
  const [{ experimentViewOf }, { readLookup }, { readExperiment }, { experimentLines }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../../clients/read-seen.ts'),
    import('../../clients/read-experiment.ts'),
    import('../print/experiment.ts'),
  ]);
  const { client, namespace } = await cluster();
  const [experiment, lookup] = await Promise.all([
    readExperiment(client, { namespace, name }),
    readLookup({ client, namespace }, terminal.note),
  ]);
  const view = experimentViewOf(experiment, lookup);
  printPicture(options, terminal, view, experimentLines(view, terminal.now()));
}

/** Also for an experiment that another command has just made. */
export async function watch({ args: [name = ''], options, terminal, cluster }: PictureCall): Promise<void> {
  const [{ experimentViewOf, WATCHED }, { readExperiment }, { LiveObjects }, { showLive }, { experimentLines }] =
    await Promise.all([
      import('../../clients/observed.ts'),
      import('../../clients/read-experiment.ts'),
      import('../../clients/live-objects.ts'),
      import('../watch/show-live.ts'),
      import('../print/experiment.ts'),
    ]);
  const connected = await cluster();
  const { client, namespace } = connected;
  await readExperiment(client, { namespace, name });
  const live = new LiveObjects({ cluster: connected, namespace, watched: WATCHED });
  const picture = (now: number) => {
    const experiment = live.lookup.get<Experiment>(EXPERIMENTS, namespace, name);
    return experiment === undefined ? null : experimentLines(experimentViewOf(experiment, live.lookup), now);
  };
  try {
    await live.start();
    const colours = options['no-color'] ? 'none' : terminal.colours;
    const isThere = await showLive({ cluster: connected, terminal, colours, live, timeoutMs: 0, picture });
    if (!isThere) throw new CommandError(`experiment '${name}' was deleted`);
  } finally {
    await live.stop();
  }
}
