/** A field for the image of each container. */
import type { ContainerImage } from '../../../core/view/container-images.ts';

interface ImageFieldsProps {
  readonly containers: readonly ContainerImage[];
  /** By container; the present image where nothing is typed. */
  readonly typed: Readonly<Record<string, string>>;
  readonly onType: (container: string, image: string) => void;
}

export function ImageFields({ containers, typed, onType }: ImageFieldsProps) {
  return (
    <div class="fields">
      {containers.map(({ container, image, init }) => (
        <label key={container}>
          <span>
            {container}
            {init ? <span class="tag">init</span> : null}
          </span>
          <input
            value={typed[container] ?? image}
            onInput={({ currentTarget }) => onType(container, currentTarget.value)}
            spellcheck={false}
            autocomplete="off"
          />
        </label>
      ))}
    </div>
  );
}
