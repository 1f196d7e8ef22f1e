/** Why the rollout is where it is, since when, what ends that, and the commands that do. */
import type { Remedy, State } from '../../../core/view/ends.ts';
import type { OtherWriter } from '../../../core/view/other-writers.ts';
import type { RolloutEvent } from '../../wire.ts';
import { CopiedCommand } from '../parts/copied-command.tsx';
import { kubectlText } from '../parts/command.ts';
import { Ago, Instant, Until } from '../parts/time.tsx';
import { sentenceOf } from '../words/sentence.ts';

const TITLES: Readonly<Record<State, string>> = {
  healthy: 'All is well',
  progressing: 'Goes on by itself',
  waitsForPerson: 'Waits for a person',
  blocked: 'Is blocked',
  degraded: 'Needs a repair',
};

export function Cause({ view, commands }: Pick<RolloutEvent, 'view' | 'commands'>) {
  const { namespace, name, explanation } = view;
  const { state, cause, since, until, end, remedies, writers } = explanation;
  const shell = remedies.flatMap((remedy) => {
    const text = remedyText(remedy, { namespace, name, commands });
    return text === '' ? [] : [text];
  });
  return (
    <section class="cause-panel" data-state={state} aria-labelledby="cause">
      <header>
        <h2 id="cause">{TITLES[state]}</h2>
        {since === null ? null : (
          <p class="note">
            since <Instant at={since} />, <Ago at={since} />
          </p>
        )}
      </header>
      <p class="sentence" aria-live="polite">
        {sentenceOf(cause)}
      </p>
      {end === '' ? null : (
        <p class="note">
          It ends{' '}
          {until === null ? null : (
            <>
              <Until at={until} /> (<Instant at={until} />
              ),{' '}
            </>
          )}
          when {end}.
        </p>
      )}
      {shell.length === 0 ? null : (
        <div class="remedies">
          {shell.map((command) => (
            <CopiedCommand key={command} command={command} />
          ))}
        </div>
      )}
      {writers.map((one) => (
        <p key={`${one.object} ${one.field}`} class="note">
          Also written by <Writer {...one} />
        </p>
      ))}
    </section>
  );
}

interface RemedyOf extends Pick<RolloutEvent, 'commands'> {
  readonly namespace: string;
  readonly name: string;
}

/** '' when the server does not offer it. */
function remedyText(remedy: Remedy, { namespace, name, commands }: RemedyOf): string {
  if (remedy === 'edit') return `kubectl edit rollout ${name} -n ${namespace}`;
  return remedy === 'undo' ? '' : kubectlText(commands, remedy);
}

function Writer({ object, field, manager, at, repeated }: OtherWriter) {
  return (
    <>
      <strong>{manager}</strong>: {field} of {object}
      {at === null ? null : (
        <>
          , <Ago at={at} />
        </>
      )}
      {repeated === 0 ? '.' : `. Serin had to write it again ${repeated === 1 ? 'once' : `${repeated} times`}.`}
    </>
  );
}
