/** Commands that send the same patches to every object that they name. */
import type { CommandPatch } from '../../core/view/plain-commands.ts';
import type { Resource } from '../../kube/resources.ts';
import { command, type AnyCommand, type Command } from '../command.ts';
import { sendPatches } from '../../clients/send-patches.ts';

interface PatchCommand extends Pick<Command, 'path' | 'aliases' | 'summary' | 'names'> {
  readonly resource: Resource;
  readonly patches: readonly CommandPatch[];
  /** What is printed for each object. */
  readonly said: (name: string) => string;
}

export function patchCommand({ resource, patches, said, ...rest }: PatchCommand): AnyCommand {
  return command({
    ...rest,
    args: ['NAME...'],
    options: {},
    run: async ({ args, terminal, cluster }) => {
      const { client, namespace } = await cluster();
      for (const name of args) {
        await sendPatches(client, resource, { namespace, name }, patches);
        terminal.print(said(name));
      }
    },
  });
}
