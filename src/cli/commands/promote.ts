/** `promote`. */
import { ROLLOUTS } from '../../kube/resources.ts';
import { command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { sendPatches } from '../../clients/send-patches.ts';

export const promote = command({
  path: ['promote'],
  summary: 'Go on with a rollout: end its pause, or skip the step that it stands at',
  args: ['NAME'],
  names: 'rollouts',
  options: {
    full: { kind: 'switch', help: 'Skip all that is left of the rollout: steps, pauses and analysis.' },
    'skip-current-step': { kind: 'switch', letter: 'c', hidden: true, help: 'Skip the current step.' },
    'skip-all-steps': { kind: 'switch', letter: 'a', hidden: true, help: 'Skip all remaining steps.' },
  },
  examples: ['promote web', 'promote web --full'],
  run: async ({ args: [name = ''], options, terminal, cluster }) => {
    const { full, 'skip-current-step': step, 'skip-all-steps': all } = options;
    if ([full, step, all].filter(Boolean).length > 1)
      throw new UsageError('--full, --skip-current-step and --skip-all-steps exclude each other');
    const { client, namespace } = await cluster();
    const { readRollout } = await import('../../clients/read-rollout.ts');
    const { commandPatches, skipPatches } = await import('../../core/view/commands.ts');
    const rollout = await readRollout(client, { namespace, name });
    const patches =
      step || all
        ? skipPatches(rollout, step ? 'step' : 'all')
        : commandPatches(rollout, full ? 'promoteFull' : 'promote');
    if (patches === null) throw new CommandError(`rollout '${name}' has no steps to skip`);
    await sendPatches(client, ROLLOUTS, { namespace, name }, patches);
    terminal.print(`rollout '${name}' ${full ? 'fully promoted' : 'promoted'}`);
  },
});
