/** Asks before something is changed, and shows the command that would change the same. */
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { isSignedOut } from '../browser/session.ts';
import { standing, standingCause } from '../browser/use-rollout.ts';
import { errorText, toast } from '../browser/toasts.ts';
import { sentenceOf } from '../words/sentence.ts';
import { CopiedCommand } from './copied-command.tsx';
import { Dialog } from './dialog.tsx';

interface Question {
  readonly title: string;
  /** What happens then. */
  readonly sentence: string;
  readonly kubectl: string;
  /** The word on the button. */
  readonly act: string;
  readonly danger: boolean;
  /** Resolves with what was done, in a sentence. */
  readonly run: () => Promise<string>;
}

const question = signal<Question | null>(null);

export function ask(asked: Question): void {
  question.value = asked;
}

export function Confirmation() {
  const asked = question.value;
  return asked === null ? null : <Asked key={asked.title} {...asked} />;
}

function Asked({ title, sentence, kubectl, act, danger, run }: Question) {
  const [isRunning, setRunning] = useState(false);
  const [standingThen] = useState(standing.peek());
  const hasMoved = standing.value !== standingThen && !isRunning;
  const close = (): void => {
    question.value = null;
  };
  const confirm = async (): Promise<void> => {
    setRunning(true);
    try {
      toast('done', await run());
    } catch (error) {
      if (!isSignedOut(error)) toast('failed', errorText(error));
    }
    close();
  };
  return (
    <Dialog title={title} onClose={close}>
      <p>{sentence}</p>
      <div role="alert">
        {hasMoved ? (
          <p class="moved">The rollout has moved on since you were asked. {sentenceOf(standingCause.value)}</p>
        ) : null}
      </div>
      <p class="note">The same from a shell:</p>
      <CopiedCommand command={kubectl} />
      <div class="buttons">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class={danger ? 'primary danger' : 'primary'}
          autoFocus
          aria-disabled={isRunning}
          onClick={() => void (isRunning || confirm())}
        >
          {isRunning ? 'Under way…' : act}
        </button>
      </div>
    </Dialog>
  );
}
