/** `get rollout`. */
import type { RolloutView } from '../../core/view/view.ts';
import type { Cluster } from '../cluster.ts';
import { command, type Call } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const OPTIONS = {
  watch: { kind: 'switch', letter: 'w', help: 'Show the rollout until you press Ctrl-C.' },
  'no-color': { kind: 'switch', help: 'Print no colours.' },
  'timeout-seconds': { kind: 'count', help: 'With --watch: stop after so many seconds. 0: never.' },
  output: { kind: 'text', letter: 'o', choices: ['json'], help: 'json: everything that is shown, and more.' },
} as const;

export const getRollout = command({
  path: ['get', 'rollout'],
  aliases: ['ro', 'rollouts'],
  summary: 'Show a rollout with its revisions, pods, analysis and experiments',
  args: ['NAME'],
  names: 'rollouts',
  options: OPTIONS,
  examples: ['get rollout web', 'get rollout web --watch', 'get rollout web -o json'],
  run,
});

async function run({ args: [name = ''], options, terminal, cluster }: Call<typeof OPTIONS>): Promise<void> {
  const view = await readView(await cluster(), name, terminal);
  if (options.output === 'json') {
    terminal.print(JSON.stringify(view, null, 2));
    return;
  }
  const [{ rolloutLines }, { painted }] = await Promise.all([
    import('../print/rollout.ts'),
    import('../print/text.ts'),
  ]);
  const colours = options['no-color'] ? 'none' : terminal.colours;
  for (const line of rolloutLines(view, terminal.now())) terminal.print(painted(line, colours));
}

async function readView({ client, namespace }: Cluster, name: string, terminal: Terminal): Promise<RolloutView> {
  const [{ lookupInLists, viewOf, WATCHED }, { readRollout, readWorkload }, { readListIfAllowed }] = await Promise.all([
    import('../observed.ts'),
    import('../read-rollout.ts'),
    import('../read-lists.ts'),
  ]);
  const lists = WATCHED.map(async ({ isReadable, ...query }) => {
    const objects = await readListIfAllowed(client, { ...query, namespace }, terminal.note);
    return [query.resource.plural, objects.filter(isReadable)] as const;
  });
  const [rollout, ...read] = await Promise.all([readRollout(client, { namespace, name }), ...lists]);
  const workload = await readWorkload(client, rollout);
  return viewOf({ rollout, workload, lookup: lookupInLists(new Map(read)) }, terminal.now());
}
