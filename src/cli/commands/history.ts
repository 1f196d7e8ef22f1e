/** `history`. */
import type { ViewedWorld } from '../../core/view/viewed-world.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { PICTURE_OPTIONS, printPicture } from '../picture.ts';

const { watch: _watch, ...SHOWN } = PICTURE_OPTIONS;

const OPTIONS = {
  ...SHOWN,
  revision: { kind: 'text', help: 'Print the pod template of this revision, as YAML.' },
} as const;

type HistoryCall = Call<typeof OPTIONS>;

export const history = command({
  path: ['history'],
  summary: 'List the revisions of a rollout, or show the pod template of one',
  args: ['NAME'],
  names: 'rollouts',
  options: OPTIONS,
  examples: ['history web', 'history web --revision 3', 'history web -o json'],
  run: async (call) => {
    const { args, options, terminal, cluster } = call;
    const revision = revisionIn(options.revision);
    const { client, namespace } = await cluster();
    const { readRevisions } = await import('../../clients/read-revisions.ts');
    const world = await readRevisions(client, { namespace, name: args[0] ?? '' }, terminal.now());
    await (revision === null ? printHistory(call, world) : printTemplate(call, world, revision));
  },
});

/** `null` when none was asked for. */
function revisionIn(text: string): number | null {
  if (text === '') return null;
  if (!/^[1-9]\d*$/.test(text))
    throw new UsageError(`--revision must be the number of a revision, not ${JSON.stringify(text)}`);
  return Number(text);
}

async function printHistory({ options, terminal }: HistoryCall, world: ViewedWorld): Promise<void> {
  const [{ historyOf }, { historyLines }] = await Promise.all([
    import('../../core/view/history.ts'),
    import('../print/history.ts'),
  ]);
  const shown = historyOf(world);
  if (shown.revisions.length === 0 && options.output !== 'json')
    terminal.note(`rollout '${shown.name}' has no revision yet`);
  else printPicture({ ...options, watch: false }, terminal, shown, historyLines(shown, terminal.now()));
}

async function printTemplate({ options, terminal }: HistoryCall, world: ViewedWorld, revision: number): Promise<void> {
  const [{ revisionTemplate }, { templateYaml }] = await Promise.all([
    import('../../core/view/history.ts'),
    import('../../clients/template-difference.ts'),
  ]);
  const found = revisionTemplate(world, revision);
  if ('problem' in found) throw new CommandError(found.problem);
  const { template } = found;
  terminal.print(options.output === 'json' ? JSON.stringify(template, null, 2) : templateYaml(template).trimEnd());
}
