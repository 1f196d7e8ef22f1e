/** `restart`. */
import { restartPatches } from '../../core/view/plain-commands.ts';
import { goDurationSeconds } from '../../kube/duration.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { sendPatches } from '../../clients/send-patches.ts';

export const restart = command({
  path: ['restart'],
  summary: 'Replace the pods of a rollout, a few at a time',
  args: ['NAME'],
  names: 'rollouts',
  options: {
    in: { kind: 'text', letter: 'i', default: '0s', help: 'Wait this long before the first pod, such as 10m.' },
  },
  examples: ['restart web', 'restart web --in 10m'],
  run: async ({ args: [name = ''], options, terminal, cluster }) => {
    const seconds = goDurationSeconds(options.in);
    if (seconds === null || seconds < 0)
      throw new UsageError(`--in must be a duration such as 10m, not ${JSON.stringify(options.in)}`);
    const { client, namespace } = await cluster();
    await sendPatches(client, ROLLOUTS, { namespace, name }, restartPatches(terminal.now() + seconds * 1000));
    terminal.print(`rollout '${name}' restarts in ${options.in}`);
  },
});
