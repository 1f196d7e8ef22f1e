/** The revisions, newest first, and the way back to each. Those without pods are history. */
import type { RevisionTree } from '../../../core/view/revisions.ts';
import type { RolloutView } from '../../../core/view/view.ts';
import type { CommandChoice, RolloutEvent } from '../../wire.ts';
import { hrefOf } from '../browser/address.ts';
import { ask } from '../parts/confirmation.tsx';
import { ChoiceButton } from '../parts/choice-button.tsx';
import { give, kubectlText, whyNot } from '../parts/command.ts';
import { Panel } from '../parts/panel.tsx';
import { RunState } from '../parts/phase.tsx';
import { Ago } from '../parts/time.tsx';
import { countText } from '../words/numbers.ts';
import { ReplicaSet } from './replica-set.tsx';

type RevisionsProps = Pick<RolloutEvent, 'view' | 'commands'>;

export function Revisions({ view, commands }: RevisionsProps) {
  const live = view.revisions.filter(hasPods);
  const past = view.revisions.filter((one) => !hasPods(one));
  return (
    <Panel
      title="Revisions"
      note={`${countText(view.counts.available, 'pod')} available, ${view.replicas} in the spec`}
    >
      <ul class="revisions">
        {live.map((one) => (
          <li key={one.revision}>
            <Revision tree={one} view={view} commands={commands} />
          </li>
        ))}
      </ul>
      {past.length === 0 ? null : (
        <details class="history" open={live.length === 0}>
          <summary>History: {countText(past.length, 'revision')} without pods</summary>
          <ul class="revisions">
            {past.map((one) => (
              <li key={one.revision}>
                <Revision tree={one} view={view} commands={commands} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function hasPods({ replicaSets }: RevisionTree): boolean {
  return replicaSets.some(({ desired, current }) => desired > 0 || current > 0);
}

interface RevisionProps {
  readonly tree: RevisionTree;
  readonly view: RolloutView;
  readonly commands: readonly CommandChoice[];
}

function Revision({ tree, view, commands }: RevisionProps) {
  const { revision, replicaSets, analysisRuns } = tree;
  const createdAt = replicaSets[0]?.createdAt ?? null;
  return (
    <article class="revision">
      <header>
        <h3>{revision === 0 ? 'Without a revision' : `Revision ${revision}`}</h3>
        {createdAt === null ? null : (
          <p class="note">
            <Ago at={createdAt} />
          </p>
        )}
        {replicaSets.length === 0 || revision === presentRevision(view) ? null : (
          <WayBack revision={revision} view={view} commands={commands} />
        )}
      </header>
      {replicaSets.map((one) => (
        <ReplicaSet key={one.name} set={one} />
      ))}
      {analysisRuns.length === 0 ? null : (
        <ul class="run-chips" aria-label="AnalysisRuns">
          {analysisRuns.map(({ name, type, phase }) => (
            <li key={name}>
              <button type="button" class="link" onClick={() => openRun(name)}>
                {type === '' ? name : type}
              </button>
              <RunState state={phase} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

/** A link to a part of the page would be resolved against its base. */
function openRun(name: string): void {
  const run = document.getElementById(`run-${name}`);
  if (run instanceof HTMLDetailsElement) run.open = true;
  run?.scrollIntoView();
  run?.querySelector('summary')?.focus();
}

/** Of the present template. */
function presentRevision({ canary, stable, progress }: RolloutView): number | null {
  return canary?.revision ?? (progress === 'settled' ? (stable?.revision ?? null) : null);
}

function WayBack({
  revision,
  view: { namespace, name },
  commands,
}: Omit<RevisionProps, 'tree'> & { readonly revision: number }) {
  const why = whyNot(commands, 'undo');
  return (
    <span class="way-back">
      {why === '' ? (
        <a href={hrefOf({ screen: 'plan', namespace, name }, { revision: String(revision) })}>
          Plan<span class="unseen"> the way back to revision {revision}</span>
        </a>
      ) : null}
      <ChoiceButton
        why={why}
        onChoose={() =>
          ask({
            title: `Roll back to revision ${revision}?`,
            sentence: `The template of revision ${revision} becomes the present one, and is released as any other change.`,
            kubectl: kubectlText(commands, 'undo', { REVISION: String(revision) }),
            act: 'Roll back',
            danger: false,
            run: () => give(namespace, name, { command: 'undo', revision }),
          })
        }
      >
        Roll back<span class="unseen"> to revision {revision}</span>
      </ChoiceButton>
    </span>
  );
}
