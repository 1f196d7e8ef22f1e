/** `list rollouts`. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutSummary } from '../../core/view/summary.ts';
import { formatTime } from '../../kube/time.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import { command, type Call } from '../command.ts';
import { STRATEGIES } from '../../core/view/strategies.ts';
import { plainTable } from '../print/table.ts';

const OPTIONS = {
  name: { kind: 'text', help: 'Show the rollout of this name only.' },
  'all-namespaces': { kind: 'switch', letter: 'A', help: 'Show the rollouts of all namespaces.' },
  watch: { kind: 'switch', letter: 'w', help: 'Print a row whenever it changes, until you press Ctrl-C.' },
  timestamps: { kind: 'switch', help: 'Begin each row with the time.' },
} as const;

export const listRollouts = command({
  path: ['list', 'rollouts'],
  aliases: ['ro', 'rollout'],
  summary: 'List rollouts',
  args: [],
  options: OPTIONS,
  examples: ['list rollouts', 'list rollouts --all-namespaces --watch'],
  run: async (call) => {
    const rows = await listOnce(call);
    if (call.options.watch) await listChanges(call, rows);
  },
});

type Rows = Map<string, readonly string[]>;

/** Prints a table, and returns its rows by the key of their rollouts. */
async function listOnce(call: Call<typeof OPTIONS>): Promise<Rows> {
  const { options, terminal, cluster } = call;
  const { client, namespace } = await cluster();
  const [{ readList }, { summaryOf }, { parseRollout }] = await Promise.all([
    import('../../clients/read-lists.ts'),
    import('../../core/view/summary.ts'),
    import('../../api/schema/rollout.ts'),
  ]);
  const everywhere = options['all-namespaces'];
  const objects = await readList(client, { resource: ROLLOUTS, ...(everywhere ? {} : { namespace }) });
  const rows: Rows = new Map();
  for (const object of objects) {
    if (options.name !== '' && object.metadata.name !== options.name) continue;
    const parsed = parseRollout(object);
    if ('rollout' in parsed) {
      const summary = summaryOf(parsed.rollout, terminal.now());
      rows.set(`${summary.namespace}/${summary.name}`, rowOf(summary, everywhere));
    } else terminal.note(`Note: rollout '${object.metadata.name}' cannot be read: ${parsed.problem}`);
  }
  if (rows.size === 0 && !options.watch) terminal.note('No resources found.');
  else for (const text of linesOf(rows, call)) terminal.print(text);
  return rows;
}

async function listChanges(call: Call<typeof OPTIONS>, printed: Rows): Promise<void> {
  const { options, terminal, cluster } = call;
  const [{ ROLLOUT }, { summaryOf }, { LiveObjects }, { until }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../../core/view/summary.ts'),
    import('../../clients/live-objects.ts'),
    import('../watch/until.ts'),
  ]);
  const connected = await cluster();
  const { clock, namespace } = connected;
  const everywhere = options['all-namespaces'];
  const live = new LiveObjects({ cluster: connected, watched: [ROLLOUT], ...(everywhere ? {} : { namespace }) });
  const look = (): boolean => {
    for (const rollout of live.all(ROLLOUT.resource) as readonly Rollout[]) {
      if (options.name !== '' && rollout.metadata.name !== options.name) continue;
      const summary = summaryOf(rollout, terminal.now());
      const key = `${summary.namespace}/${summary.name}`;
      const row = rowOf(summary, everywhere);
      if (printed.get(key)?.join('\t') === row.join('\t')) continue;
      printed.set(key, row);
      // Behind the head, in the order of the map.
      terminal.print(linesOf(printed, call)[[...printed.keys()].indexOf(key) + 1] ?? '');
    }
    return false;
  };
  try {
    await live.start();
    const { interrupted } = terminal;
    await until({ clock, live, interrupted, timeoutMs: 0, paceMs: 0, tickMs: null, look });
  } finally {
    await live.stop();
  }
}

/** As aligned lines, the head first. */
function linesOf(rows: Rows, { options, terminal }: Call<typeof OPTIONS>): readonly string[] {
  const time = formatTime(terminal.now());
  const stamped = (stamp: string, row: readonly string[]) => (options.timestamps ? [stamp, ...row] : row);
  const head = stamped('TIMESTAMP', headOf(options['all-namespaces']));
  return plainTable([head, ...[...rows.values()].map((row) => stamped(time, row))]);
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
    STRATEGIES[strategy] ?? strategy,
    phase,
    steps === null ? '-' : `${steps.done}/${steps.count}`,
    askedWeight === null ? '-' : String(askedWeight),
    `${counts.ready}/${counts.current}`,
    String(replicas),
    String(counts.updated),
    String(counts.available),
  ];
}
