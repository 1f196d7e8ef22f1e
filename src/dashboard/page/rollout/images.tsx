/** The images of the present template, and how to change them: by a plan first, or at once. */
import { useState } from 'preact/hooks';
import type { RolloutEvent } from '../../wire.ts';
import { hrefOf } from '../browser/address.ts';
import { ask } from '../parts/confirmation.tsx';
import { ChoiceButton } from '../parts/choice-button.tsx';
import { give, kubectlText, whyNot } from '../parts/command.ts';
import { ImageFields } from '../parts/image-fields.tsx';
import { Icon } from '../parts/icon.tsx';
import { changedImages, imagesText } from '../parts/new-images.ts';
import { Panel } from '../parts/panel.tsx';

type ImagesProps = Pick<RolloutEvent, 'view' | 'commands' | 'containers'>;

export function Images({ view, commands, containers }: ImagesProps) {
  const [isEdited, setEdited] = useState(false);
  if (isEdited)
    return <EditedImages view={view} commands={commands} containers={containers} onDone={() => setEdited(false)} />;
  return (
    <Panel title="Images">
      <dl class="images">
        {containers.map(({ container, image, init }) => (
          <div key={container}>
            <dt>
              {container}
              {init ? <span class="tag">init</span> : null}
            </dt>
            <dd>{image}</dd>
          </div>
        ))}
      </dl>
      <ChoiceButton why={whyNot(commands, 'setImages')} onChoose={() => setEdited(true)}>
        <Icon name="pencil" />
        Change images
      </ChoiceButton>
    </Panel>
  );
}

function EditedImages({ view, commands, containers, onDone }: ImagesProps & { readonly onDone: () => void }) {
  const { namespace, name } = view;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const images = changedImages(containers, typed);
  const why = images.length === 0 ? 'No image is changed yet.' : whyNot(commands, 'setImages');
  const set = (): void =>
    ask({
      title: `Release ${name}?`,
      sentence: `The new revision is released as the strategy says, with ${imagesText(images, ': ')}.`,
      kubectl: kubectlText(commands, 'setImages', { 'CONTAINER=IMAGE': imagesText(images) }),
      act: 'Set images',
      danger: false,
      run: async () => {
        const done = await give(namespace, name, { command: 'setImages', images });
        onDone();
        return done;
      },
    });
  return (
    <Panel title="Images">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (why === '') set();
        }}
      >
        <ImageFields
          containers={containers}
          typed={typed}
          onType={(container, image) => setTyped((before) => ({ ...before, [container]: image }))}
        />
        <div class="buttons">
          <button type="button" onClick={onDone}>
            Cancel
          </button>
          {images.length === 0 ? null : (
            <a class="button" href={hrefOf({ screen: 'plan', namespace, name }, { images: imagesText(images) })}>
              Plan first
            </a>
          )}
          <ChoiceButton why={why} kind="primary">
            Set images
          </ChoiceButton>
        </div>
      </form>
    </Panel>
  );
}
