/** Says when what is shown may be out of date, and why. */
import { connection } from '../browser/follow.ts';
import { sentenceOf } from '../words/sentence.ts';
import { Ago } from './time.tsx';

export function ConnectionNote({ trouble }: { readonly trouble: string | null }) {
  const { state, heardAt } = connection.value;
  const isLost = state === 'lost';
  return (
    <div role="status">
      {isLost ? (
        <p class="notice">
          The connection is lost. What you see was true <Ago at={heardAt} />. The page tries again by itself.
        </p>
      ) : trouble === null ? null : (
        <p class="notice">{sentenceOf(trouble)}</p>
      )}
    </div>
  );
}
