/** `set image`. */
import type { NewImage } from '../../core/view/set-image.ts';
import type { JsonObject } from '../../kube/json.ts';
import { command } from '../command.ts';
import { describedOwner, DRY_RUN, printDryRun } from '../dry-run.ts';
import type { Cluster } from '../../clients/cluster.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

/** Somebody else may change the object in between. */
const ATTEMPTS = 5;

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
    else terminal.print(`${await changeImages(connected, name, wanted)} image updated`);
  },
});

function newImage(text: string): NewImage {
  const [container = '', image = '', ...rest] = text.split('=');
  if (container === '' || image === '' || rest.length > 0)
    throw new UsageError(`expected CONTAINER=IMAGE, not ${JSON.stringify(text)}`);
  return { container, image };
}

async function showImages(
  { client, namespace }: Cluster,
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

/** Returns the kind and the name of the object that was changed. */
async function changeImages(
  { client, namespace }: Cluster,
  name: string,
  images: readonly NewImage[],
): Promise<string> {
  const [{ readTemplateOwner }, { withImages }, { isApiError }] = await Promise.all([
    import('../../clients/template-owner.ts'),
    import('../../core/view/set-image.ts'),
    import('../../runtime/api-error.ts'),
  ]);
  for (let attempt = 1; ; attempt += 1) {
    const { resource, object, template, path, name: owner } = await readTemplateOwner(client, { namespace, name });
    const changed = withImages(template, images);
    if ('problem' in changed) throw new CommandError(changed.problem);
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { resourceVersion }, ...nested([...path, 'spec'], changed.podSpec) };
    try {
      await client.patch(resource, owner, patch);
      return describedOwner({ resource, name: owner });
    } catch (error) {
      if (!isApiError(error, 'conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

function nested(path: readonly string[], value: JsonObject): JsonObject {
  return path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value);
}
