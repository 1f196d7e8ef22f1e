/** `set image`. */
import type { NewImage } from '../../core/view/set-image.ts';
import { command } from '../command.ts';
import type { Cluster } from '../../clients/cluster.ts';
import { describedOwner, DRY_RUN, printDryRun } from '../dry-run.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

export const setImage = command({
  path: ['set', 'image'],
  summary: 'Change the images of a rollout, which starts an update',
  args: ['NAME', 'CONTAINER=IMAGE...'],
  names: 'rollouts',
  options: DRY_RUN,
  examples: ['set image web web=web:2', "set image web '*=web:2'", 'set image web web=web:2 --dry-run'],
  run: async ({ args: [name = '', ...images], options, terminal, cluster }) => {
    const wanted = images.map(newImage);
    const connected = await cluster();
    if (options['dry-run']) await showImages(connected, name, wanted, terminal);
    else await changeImages(connected, name, wanted, terminal);
  },
});

function newImage(text: string): NewImage {
  const [container = '', image = '', ...rest] = text.split('=');
  if (container === '' || image === '' || rest.length > 0)
    throw new UsageError(`expected CONTAINER=IMAGE, not ${JSON.stringify(text)}`);
  return { container, image };
}

type Place = Pick<Cluster, 'client' | 'namespace'>;

async function changeImages(
  { client, namespace }: Place,
  name: string,
  images: readonly NewImage[],
  terminal: Terminal,
): Promise<void> {
  const { changeImages: change } = await import('../../clients/change-images.ts');
  const done = await change(client, { namespace, name }, images);
  if ('problem' in done) throw new CommandError(done.problem);
  terminal.print(`${done.changed} image updated`);
}

async function showImages(
  { client, namespace }: Place,
  name: string,
  images: readonly NewImage[],
  terminal: Terminal,
): Promise<void> {
  const [{ readTemplateOwner }, { withImages }] = await Promise.all([
    import('../../clients/template-owner.ts'),
    import('../../core/view/set-image.ts'),
  ]);
  const owner = await readTemplateOwner(client, { namespace, name });
  const changed = withImages(owner.template, images);
  if ('problem' in changed) throw new CommandError(changed.problem);
  const spec = { ...owner.template.spec, ...changed.podSpec };
  const present = { name: 'present', template: owner.template };
  const target = { name: 'with the images', template: { ...owner.template, spec } };
  await printDryRun(terminal, describedOwner(owner), present, target);
}
