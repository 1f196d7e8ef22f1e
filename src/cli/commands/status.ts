/** `status`. */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutSummary } from '../../core/view/summary.ts';
import { command, type Call } from '../command.ts';
import { CommandError } from '../errors.ts';

const OPTIONS = {
  watch: { kind: 'switch', letter: 'w', default: true, help: 'Wait until the rollout is Healthy or Degraded.' },
  timeout: { kind: 'duration', letter: 't', help: 'How long to wait, such as 10m. 0: for ever.' },
} as const;

export const status = command({
  path: ['status'],
  summary: 'Wait for a rollout to end, and fail if it is Degraded',
  args: ['NAME'],
  names: 'rollouts',
  options: OPTIONS,
  examples: ['status web --timeout 10m', 'status web --watch=false'],
  run: async (call) => {
    const summary = call.options.watch ? await watched(call) : await once(call);
    if (summary.phase === 'Degraded')
      throw new CommandError(`The rollout is in a degraded state with message: ${summary.message}`);
  },
});

async function once({ args: [name = ''], terminal, cluster }: Call<typeof OPTIONS>): Promise<RolloutSummary> {
  const [{ readRollout }, { summaryOf }] = await Promise.all([
    import('../../clients/read-rollout.ts'),
    import('../../core/view/summary.ts'),
  ]);
  const { client, namespace } = await cluster();
  const summary = summaryOf(await readRollout(client, { namespace, name }), terminal.now());
  terminal.print(hasEnded(summary) ? summary.phase : phaseText(summary));
  return summary;
}

async function watched({
  args: [name = ''],
  options,
  terminal,
  cluster,
}: Call<typeof OPTIONS>): Promise<RolloutSummary> {
  const [{ ROLLOUT }, { readRollout }, { summaryOf }, { LiveObjects }, { until }] = await Promise.all([
    import('../../clients/observed.ts'),
    import('../../clients/read-rollout.ts'),
    import('../../core/view/summary.ts'),
    import('../../clients/live-objects.ts'),
    import('../watch/until.ts'),
  ]);
  const connected = await cluster();
  const { client, clock, namespace } = connected;
  // A name that does not exist ends the command at once.
  let summary: RolloutSummary | null = summaryOf(await readRollout(client, { namespace, name }), terminal.now());
  const live = new LiveObjects({ cluster: connected, namespace, watched: [ROLLOUT] });
  let printed = '';
  const look = (): boolean => {
    const rollout = live.lookup.get<Rollout>(ROLLOUT.resource, namespace, name);
    summary = rollout === undefined ? null : summaryOf(rollout, terminal.now());
    if (summary === null) return true;
    const text = phaseText(summary);
    if (text !== printed) terminal.print(text);
    printed = text;
    return hasEnded(summary);
  };
  try {
    await live.start();
    const { interrupted } = terminal;
    const ending = await until({ clock, live, interrupted, timeoutMs: options.timeout, paceMs: 0, tickMs: null, look });
    if (summary === null) throw new CommandError(`rollout '${name}' was deleted`);
    if (ending === 'interrupted') throw new CommandError('Interrupted');
    if (ending === 'timeout') throw new CommandError('Rollout status watch exceeded timeout');
    return summary;
  } finally {
    await live.stop();
  }
}

function hasEnded({ phase }: RolloutSummary): boolean {
  return phase === 'Healthy' || phase === 'Degraded';
}

function phaseText({ phase, message }: RolloutSummary): string {
  return message === '' ? phase : `${phase} - ${message}`;
}
