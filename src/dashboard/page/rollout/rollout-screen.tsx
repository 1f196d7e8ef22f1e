/** One Rollout, live: where it is and why, and everything that belongs to it. */
import { useEffect } from 'preact/hooks';
import { STRATEGIES } from '../../../core/view/strategies.ts';
import type { RolloutEvent } from '../../wire.ts';
import { hrefOf } from '../browser/address.ts';
import { ConnectionNote } from '../parts/connection-note.tsx';
import { Empty } from '../parts/empty.tsx';
import { State } from '../parts/phase.tsx';
import { sentenceOf } from '../words/sentence.ts';
import { Actions } from './actions.tsx';
import { Analyses } from './analyses.tsx';
import { Cause } from './cause.tsx';
import { Events } from './events.tsx';
import { Experiments } from './experiments.tsx';
import { Images } from './images.tsx';
import { Revisions } from './revisions.tsx';
import { Steps } from './steps.tsx';
import { useRollout } from '../browser/use-rollout.ts';
import { Traffic } from './traffic.tsx';

interface RolloutScreenProps {
  readonly namespace: string;
  readonly name: string;
}

export function RolloutScreen({ namespace, name }: RolloutScreenProps) {
  const { event, isGone, trouble, refusal } = useRollout(namespace, name);
  const phase = isGone ? 'Deleted' : (event?.view.phase ?? '');
  useEffect(() => {
    document.title = `${phase === '' ? '' : `${phase}: `}${name} · Serin`;
  }, [phase, name]);
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>{name}</h1>
        <p class="note">
          <a href={hrefOf({ screen: 'list', namespace })}>{namespace}</a>
          {event === null ? '' : ` · ${STRATEGIES[event.view.strategy] ?? event.view.strategy}`}
        </p>
        <p class="phase" role="status">
          {event === null || isGone ? null : <State state={event.view.phase} />}
        </p>
      </div>
      <ConnectionNote trouble={trouble} hasContent={event !== null} />
      {isGone ? <Gone namespace={namespace} name={name} /> : null}
      {event !== null && !isGone ? <Shown event={event} /> : null}
      {event !== null || isGone ? null : refusal === '' ? (
        <p class="note waiting">The Rollout is being read…</p>
      ) : (
        <Empty title="This Rollout cannot be shown">
          <p>{sentenceOf(refusal)}</p>
          <p>
            <a href={hrefOf({ screen: 'list', namespace })}>The Rollouts of {namespace}</a>
          </p>
        </Empty>
      )}
    </>
  );
}

function Shown({ event }: { readonly event: RolloutEvent }) {
  const { view, commands, containers, stepTimes, events, runs } = event;
  return (
    <div class="columns">
      <div class="top">
        <Cause view={view} commands={commands} />
        <Actions view={view} commands={commands} />
      </div>
      <div class="side">
        <Steps view={view} stepTimes={stepTimes} />
        <Images view={view} commands={commands} containers={containers} />
      </div>
      <div class="main">
        <Traffic view={view} />
        <Revisions view={view} commands={commands} />
        <Analyses view={view} commands={commands} runs={runs} />
        <Experiments view={view} />
      </div>
      <div class="events-place">
        <Events events={events} />
      </div>
    </div>
  );
}

function Gone({ namespace, name }: RolloutScreenProps) {
  return (
    <Empty title={`${name} has been deleted`}>
      <p>If it is applied again, it appears here by itself.</p>
      <p>
        <a href={hrefOf({ screen: 'list', namespace })}>The Rollouts of {namespace}</a>
      </p>
    </Empty>
  );
}
