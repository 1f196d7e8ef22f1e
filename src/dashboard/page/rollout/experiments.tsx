/** The Experiments of the rollout: ReplicaSets side by side for a while, with their analyses. */
import type { ExperimentView } from '../../../core/view/experiment.ts';
import type { RolloutView } from '../../../core/view/view.ts';
import { Panel } from '../parts/panel.tsx';
import { RunState } from '../parts/phase.tsx';
import { Ago, Until } from '../parts/time.tsx';
import { countText } from '../words/numbers.ts';
import { ReplicaSet } from './replica-set.tsx';

export function Experiments({ view }: { readonly view: RolloutView }) {
  const experiments = view.revisions.flatMap((one) => one.experiments);
  if (experiments.length === 0) return null;
  return (
    <Panel title="Experiments" note={countText(experiments.length, 'experiment')}>
      {experiments.map((one) => (
        <Experiment key={one.name} {...one} />
      ))}
    </Panel>
  );
}

function Experiment({ name, phase, message, revision, createdAt, endsAt, replicaSets, analysisRuns }: ExperimentView) {
  return (
    <article class="revision">
      <header>
        <h3>{name}</h3>
        <RunState state={phase} />
        <p class="note">
          {revision === 0 ? '' : `revision ${revision}, `}
          {createdAt === null ? null : <Ago at={createdAt} />}
          {endsAt === null || phase !== 'Running' ? null : (
            <>
              , ends <Until at={endsAt} />
            </>
          )}
        </p>
      </header>
      {message === '' ? null : <p>{message}</p>}
      {replicaSets.map((set) => (
        <ReplicaSet key={set.name} set={set} />
      ))}
      {analysisRuns.map((run) => (
        <p key={run.name} class="line">
          <span class="set-name">{run.name}</span>
          <RunState state={run.phase} />
        </p>
      ))}
    </article>
  );
}
