/** `list rollouts`. */
import type { RolloutSummary } from '../../core/view/summary.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import { command, type Call } from '../command.ts';
import { aligned } from '../print/table.ts';
import { line, painted } from '../print/text.ts';

const OPTIONS = {
  name: { kind: 'text', help: 'Show the rollout of this name only.' },
  'all-namespaces': { kind: 'switch', letter: 'A', help: 'Show the rollouts of all namespaces.' },
} as const;

export const listRollouts = command({
  path: ['list', 'rollouts'],
  aliases: ['ro', 'rollout'],
  summary: 'List rollouts',
  args: [],
  options: OPTIONS,
  examples: ['list rollouts', 'list rollouts --all-namespaces'],
  run,
});

async function run({ options, terminal, cluster }: Call<typeof OPTIONS>): Promise<void> {
  const { client, namespace } = await cluster();
  const { readList } = await import('../read-lists.ts');
  const { summaryOf } = await import('../../core/view/summary.ts');
  const { parseRollout } = await import('../../api/schema/rollout.ts');
  const everywhere = options['all-namespaces'];
  const objects = await readList(client, { resource: ROLLOUTS, ...(everywhere ? {} : { namespace }) });
  const summaries = objects.flatMap((object) => {
    if (options.name !== '' && object.metadata.name !== options.name) return [];
    const parsed = parseRollout(object);
    if ('rollout' in parsed) return [summaryOf(parsed.rollout, terminal.now())];
    terminal.note(`Note: rollout '${object.metadata.name}' cannot be read: ${parsed.problem}`);
    return [];
  });
  if (summaries.length === 0) {
    terminal.note('No resources found.');
    return;
  }
  const rows = [headOf(everywhere), ...summaries.map((one) => rowOf(one, everywhere))];
  for (const row of aligned(rows.map((cells) => cells.map((cell) => line(cell))))) terminal.print(painted(row, 'none'));
}

const HEAD = ['NAME', 'STRATEGY', 'STATUS', 'STEP', 'SET-WEIGHT', 'READY', 'DESIRED', 'UP-TO-DATE', 'AVAILABLE'];

function headOf(everywhere: boolean): readonly string[] {
  return everywhere ? ['NAMESPACE', ...HEAD] : HEAD;
}

function rowOf(one: RolloutSummary, everywhere: boolean): readonly string[] {
  const { name, strategy, phase, steps, askedWeight, replicas, counts } = one;
  return [
    ...(everywhere ? [one.namespace] : []),
    name,
    strategy === 'blueGreen' ? 'BlueGreen' : 'Canary',
    phase,
    steps === null ? '-' : `${steps.done}/${steps.count}`,
    askedWeight === null ? '-' : String(askedWeight),
    `${counts.ready}/${counts.current}`,
    String(replicas),
    String(counts.updated),
    String(counts.available),
  ];
}
