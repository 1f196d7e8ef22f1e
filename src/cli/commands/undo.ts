/** `undo`. */
import { command } from '../command.ts';
import { describedOwner, DRY_RUN, printDryRun } from '../dry-run.ts';
import { CommandError } from '../errors.ts';

export const undo = command({
  path: ['undo'],
  summary: 'Go back to an earlier revision of the pod template',
  args: ['NAME'],
  names: 'rollouts',
  options: {
    'to-revision': { kind: 'count', help: 'The revision to go back to. 0: the one before the present one.' },
    ...DRY_RUN,
  },
  examples: ['undo web', 'undo web --to-revision=3', 'undo web --dry-run'],
  run: async ({ args: [name = ''], options, terminal, cluster }) => {
    const { client, namespace } = await cluster();
    const { findWayBack, goBack } = await import('../../clients/go-back.ts');
    const way = await findWayBack(client, { namespace, name }, options['to-revision']);
    const { owner, found } = way;
    if ('problem' in found) throw new CommandError(found.problem);
    if ('matches' in found) {
      terminal.print(`skipped rollback (current template already matches revision ${found.matches})`);
    } else if (options['dry-run']) {
      const present = { name: 'present', template: owner.template };
      const target = { name: `revision ${found.revision}`, template: found.template };
      await printDryRun(terminal, describedOwner(owner), present, target);
    } else {
      await goBack(client, way);
      terminal.print(`rollout '${name}' undo`);
    }
  },
});
