/** `undo`. */
import { command } from '../command.ts';
import { CommandError } from '../errors.ts';

export const undo = command({
  path: ['undo'],
  summary: 'Go back to an earlier revision of the pod template',
  args: ['NAME'],
  names: 'rollouts',
  options: { 'to-revision': { kind: 'count', help: 'The revision to go back to. 0: the one before the present one.' } },
  examples: ['undo web', 'undo web --to-revision=3'],
  run: async ({ args: [name = ''], options, terminal, cluster }) => {
    const { client, namespace } = await cluster();
    const { goBack } = await import('../../clients/go-back.ts');
    const found = await goBack(client, { namespace, name }, options['to-revision']);
    if ('problem' in found) throw new CommandError(found.problem);
    terminal.print(
      'matches' in found
        ? `skipped rollback (current template already matches revision ${found.matches})`
        : `rollout '${name}' undo`,
    );
  },
});
