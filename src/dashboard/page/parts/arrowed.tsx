/** A text with arrows, which are drawn: not every font has them, and a screen reader should not spell them. */
import { Icon } from './icon.tsx';

export function Arrowed({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(' → ').map((part, index) => (
        <span key={index}>
          {index === 0 ? null : (
            <span class="arrow">
              <Icon name="right" />
              <span class="unseen"> to </span>
            </span>
          )}
          {part}
        </span>
      ))}
    </>
  );
}
