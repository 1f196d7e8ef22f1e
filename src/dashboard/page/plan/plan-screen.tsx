/** The plan of a release: choose images or a revision, read what the release will do, and start it from here. */
import { useEffect, useState } from 'preact/hooks';
import type { ReleasePlan } from '../../../planning/release.ts';
import type { CommandRequest, PlanRequest, RolloutEvent } from '../../wire.ts';
import { hrefOf } from '../browser/address.ts';
import { go, query, replaceQuery } from '../browser/navigation.ts';
import { postJson } from '../browser/requests.ts';
import { isSignedOut } from '../browser/session.ts';
import { errorText } from '../browser/toasts.ts';
import { ask } from '../parts/confirmation.tsx';
import { ChoiceButton } from '../parts/choice-button.tsx';
import { give, kubectlText, whyNot } from '../parts/command.ts';
import { ConnectionNote } from '../parts/connection-note.tsx';
import { Empty } from '../parts/empty.tsx';
import { ImageFields } from '../parts/image-fields.tsx';
import { changedImages, imagesIn, imagesText } from '../parts/new-images.ts';
import { Panel } from '../parts/panel.tsx';
import { sentenceOf } from '../words/sentence.ts';
import { useRollout } from '../browser/use-rollout.ts';
import { PlanResult } from './plan-result.tsx';

interface PlanScreenProps {
  readonly namespace: string;
  readonly name: string;
}

export function PlanScreen({ namespace, name }: PlanScreenProps) {
  const { event, isGone, trouble, refusal } = useRollout(namespace, name);
  useEffect(() => {
    document.title = `Plan: ${name} · Serin`;
  }, [name]);
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Plan a release of {name}</h1>
        <p class="note">
          <a href={hrefOf({ screen: 'rollout', namespace, name })}>
            {namespace}/{name}
          </a>
        </p>
      </div>
      <ConnectionNote trouble={trouble} hasContent={event !== null} />
      {refusal !== '' || isGone ? (
        <Empty title="This Rollout cannot be planned">
          <p>{isGone ? 'It has been deleted.' : sentenceOf(refusal)}</p>
        </Empty>
      ) : event === null ? (
        <p class="note waiting">The Rollout is being read…</p>
      ) : (
        <Planned event={event} />
      )}
    </>
  );
}

type Outcome = { readonly plan: ReleasePlan; readonly request: PlanRequest } | { readonly problem: string } | null;

/** What is planned is in the address, so that it can be sent to another person. */
function requestIn(event: RolloutEvent): PlanRequest {
  const revision = Number(query.value.get('revision') ?? Number.NaN);
  if (Number.isInteger(revision)) return { revision };
  return { images: changedImages(event.containers, imagesIn(query.value.get('images') ?? '')) };
}

function Planned({ event }: { readonly event: RolloutEvent }) {
  const { view, containers } = event;
  const [typed, setTyped] = useState(() => imagesIn(query.value.get('images') ?? ''));
  const [outcome, setOutcome] = useState<Outcome>(null);
  const [isRunning, setRunning] = useState(false);
  const plan = async (request: PlanRequest): Promise<void> => {
    setRunning(true);
    setOutcome(await outcomeOf(view, request));
    setRunning(false);
  };
  useEffect(() => {
    const request = requestIn(event);
    if (request.revision !== undefined || (request.images ?? []).length > 0) void plan(request);
  }, []);
  const images = changedImages(containers, typed);
  const submit = (): void => {
    replaceQuery(new URLSearchParams({ images: imagesText(images) }).toString());
    void plan({ images });
  };
  return (
    <div class="planning">
      <Panel title="Images">
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            if (images.length > 0) submit();
          }}
        >
          <ImageFields
            containers={containers}
            typed={typed}
            onType={(container, image) => setTyped((before) => ({ ...before, [container]: image }))}
          />
          <div class="buttons">
            <ChoiceButton why={images.length === 0 ? 'No image is changed yet.' : ''}>Show the plan</ChoiceButton>
          </div>
        </form>
        <div role="status">{isRunning ? <p class="note waiting">The release is being planned…</p> : null}</div>
      </Panel>
      {outcome === null || isRunning ? null : 'problem' in outcome ? (
        <Empty title="There is no plan">
          <p>{outcome.problem}</p>
        </Empty>
      ) : (
        <>
          <PlanResult plan={outcome.plan} />
          <Start event={event} plan={outcome.plan} request={outcome.request} />
        </>
      )}
    </div>
  );
}

async function outcomeOf({ namespace, name }: RolloutEvent['view'], request: PlanRequest): Promise<Outcome> {
  const path = `rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/plan`;
  try {
    return { plan: await postJson<ReleasePlan>(path, request), request };
  } catch (error) {
    return isSignedOut(error) ? null : { problem: errorText(error) };
  }
}

interface StartProps {
  readonly event: RolloutEvent;
  readonly plan: ReleasePlan;
  readonly request: PlanRequest;
}

function Start({ event: { view, commands }, plan, request }: StartProps) {
  const { namespace, name } = view;
  const { revision, images = [] } = request;
  const command: CommandRequest =
    revision === undefined ? { command: 'setImages', images } : { command: 'undo', revision };
  const kubectl = kubectlText(commands, command.command, {
    REVISION: String(revision ?? ''),
    'CONTAINER=IMAGE': imagesText(images),
  });
  const why =
    plan.kind === 'nothing'
      ? 'There is nothing to release.'
      : plan.ending === 'invalid'
        ? 'It cannot be released.'
        : whyNot(commands, command.command);
  return (
    <div class="buttons start">
      <ChoiceButton
        why={why}
        kind="primary"
        onChoose={() =>
          ask({
            title: `Start the release of ${name}?`,
            sentence: 'It does what the plan says, as long as nothing else changes.',
            kubectl,
            act: 'Start',
            danger: false,
            run: async () => {
              const done = await give(namespace, name, command);
              go(hrefOf({ screen: 'rollout', namespace, name }));
              return done;
            },
          })
        }
      >
        Start this release
      </ChoiceButton>
    </div>
  );
}
