/** Says when what is shown may be out of date, and why. */
import { heardAt, isLost } from '../browser/follow.ts';
import { sentenceOf } from '../words/sentence.ts';
import { Ago } from './time.tsx';

interface ConnectionNoteProps {
  readonly trouble: string | null;
  /** Something is shown that may be out of date. */
  readonly hasContent: boolean;
}

export function ConnectionNote({ trouble, hasContent }: ConnectionNoteProps) {
  return (
    <div role="status">
      {isLost.value ? (
        <p class="notice">
          {hasContent ? (
            <>
              The connection is lost. What you see was true <Ago at={heardAt.value} />.
            </>
          ) : (
            'The server cannot be reached.'
          )}{' '}
          The page tries again by itself.
        </p>
      ) : trouble === null ? null : (
        <p class="notice">{sentenceOf(trouble)}</p>
      )}
    </div>
  );
}
