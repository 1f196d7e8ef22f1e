/**
 * A button that may not be possible now. It can be reached all the same, so that a person with a keyboard, a finger or a
 * screen reader finds out why.
 */
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface ChoiceButtonProps {
  /** Why not; '' when it is possible. */
  readonly why: string;
  readonly kind?: 'primary' | 'danger';
  /** Absent from the button that sends a form. */
  readonly onChoose?: () => void;
  readonly children: ComponentChildren;
}

export function ChoiceButton({ why, kind, onChoose, children }: ChoiceButtonProps) {
  const id = useId();
  const [isAsked, setAsked] = useState(false);
  const isPossible = why === '';
  return (
    <span class="choice">
      <button
        type={onChoose === undefined ? 'submit' : 'button'}
        class={kind}
        aria-disabled={!isPossible}
        aria-describedby={isPossible ? undefined : id}
        onClick={(event) => {
          if (isPossible) return onChoose?.();
          event.preventDefault();
          setAsked(true);
        }}
        onBlur={() => setAsked(false)}
        onKeyDown={({ key }) => key === 'Escape' && setAsked(false)}
      >
        {children}
      </button>
      {isPossible ? null : (
        <span class="why" id={id} role="tooltip" data-asked={isAsked ? '' : undefined}>
          {why}
        </span>
      )}
    </span>
  );
}
