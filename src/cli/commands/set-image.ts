/** `set image`. */
import type { NewImage } from '../../core/view/set-image.ts';
import { command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';

export const setImage = command({
  path: ['set', 'image'],
  summary: 'Change the images of a rollout, which starts an update',
  args: ['NAME', 'CONTAINER=IMAGE...'],
  names: 'rollouts',
  options: {},
  examples: ['set image web web=web:2', "set image web '*=web:2'"],
  run: async ({ args: [name = '', ...images], terminal, cluster }) => {
    const wanted = images.map(newImage);
    const { client, namespace } = await cluster();
    const { changeImages } = await import('../../clients/change-images.ts');
    const done = await changeImages(client, { namespace, name }, wanted);
    if ('problem' in done) throw new CommandError(done.problem);
    terminal.print(`${done.changed} image updated`);
  },
});

function newImage(text: string): NewImage {
  const [container = '', image = '', ...rest] = text.split('=');
  if (container === '' || image === '' || rest.length > 0)
    throw new UsageError(`expected CONTAINER=IMAGE, not ${JSON.stringify(text)}`);
  return { container, image };
}
