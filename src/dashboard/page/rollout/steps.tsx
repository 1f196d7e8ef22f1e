/** The steps of the rollout: done, under way with what is left of its time, and to come. */
import type { RolloutEvent } from '../../wire.ts';
import { Panel } from '../parts/panel.tsx';
import { Icon } from '../parts/icon.tsx';
import { Age, Ago, Instant, Until } from '../parts/time.tsx';

const STATES = { done: 'done', current: 'current step', next: 'to come' } as const;

export function Steps({ view, stepTimes }: Pick<RolloutEvent, 'view' | 'stepTimes'>) {
  const { steps, stepsDone, explanation } = view;
  if (stepsDone === null) return null;
  return (
    <Panel title="Steps" note={`${stepsDone} of ${steps.length} done`}>
      <progress max={steps.length} value={stepsDone} aria-label="Steps done" />
      <ol class="steps">
        {steps.map(({ text, state, endsAt }, index) => (
          <li key={index} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <span class="mark">{state === 'done' ? <Icon name="done" /> : null}</span>
            <span>
              <span class="step-text">{text}</span>
              <span class="unseen">, {STATES[state]}</span>
              <DoneAt at={stepTimes[index] ?? null} />
              {state !== 'current' ? null : (
                <span class="note">
                  {explanation.since === null ? null : (
                    <>
                      for <Age at={explanation.since} />
                    </>
                  )}
                  {endsAt === null ? null : (
                    <>
                      , ends <Until at={endsAt} />, at <Instant at={endsAt} />
                    </>
                  )}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function DoneAt({ at }: { readonly at: number | null }) {
  if (at === null) return null;
  return (
    <span class="note">
      <Instant at={at} />, <Ago at={at} />
    </span>
  );
}
