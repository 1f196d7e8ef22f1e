/** `undo`. */
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { REPLICA_SETS } from '../../kube/resources.ts';
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
    const [{ readTemplateOwner }, { readList }, { undoOf }] = await Promise.all([
      import('../../clients/template-owner.ts'),
      import('../../clients/read-lists.ts'),
      import('../../core/view/undo.ts'),
    ]);
    const [owner, replicaSets] = await Promise.all([
      readTemplateOwner(client, { namespace, name }),
      readList(client, { resource: REPLICA_SETS, namespace }),
    ]);
    const found = undoOf(owner.rollout, replicaSets as readonly ReplicaSet[], options['to-revision']);
    if ('problem' in found) throw new CommandError(found.problem);
    if ('matches' in found) {
      terminal.print(`skipped rollback (current template already matches revision ${found.matches})`);
      return;
    }
    if (options['dry-run']) {
      const present = { name: 'present', template: owner.template };
      const target = { name: `revision ${found.revision}`, template: found.template };
      await printDryRun(terminal, describedOwner(owner), present, target);
      return;
    }
    const value = found.template as unknown as JsonObject;
    await client.patch(owner.resource, owner.name, [{ op: 'replace', path: `/${owner.path.join('/')}`, value }]);
    terminal.print(`rollout '${name}' undo`);
  },
});
