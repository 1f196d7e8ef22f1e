/** The AnalysisRuns of the rollout, newest first, each with its metrics. */
import type { CommandChoice, MeasuredRun, RolloutEvent } from '../../wire.ts';
import { ask } from '../parts/confirmation.tsx';
import { ChoiceButton } from '../parts/choice-button.tsx';
import { give, kubectlText, whyNot } from '../parts/command.ts';
import { Panel } from '../parts/panel.tsx';
import { RunState } from '../parts/phase.tsx';
import { Ago } from '../parts/time.tsx';
import { countText } from '../words/numbers.ts';
import { Metric } from './metric.tsx';

export function Analyses({ view, commands, runs }: Pick<RolloutEvent, 'view' | 'commands' | 'runs'>) {
  if (runs.length === 0) return null;
  return (
    <Panel title="Analysis" note={countText(runs.length, 'run')}>
      {runs.map((measured, index) => (
        <Run
          key={measured.run.name}
          measured={measured}
          isFirst={index === 0}
          namespace={view.namespace}
          name={view.name}
          commands={commands}
        />
      ))}
    </Panel>
  );
}

interface RunProps {
  readonly measured: MeasuredRun;
  readonly isFirst: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly commands: readonly CommandChoice[];
}

/** What an AnalysisRun is made for, in words. */
const TYPES: Readonly<Record<string, string>> = {
  Step: 'At a step',
  Background: 'During the steps',
  PrePromotion: 'Before the promotion',
  PostPromotion: 'After the promotion',
};

function Run({ measured: { run, metrics }, isFirst, namespace, name, commands }: RunProps) {
  const { phase, message, type, revision, createdAt } = run;
  const isUnderWay = phase === 'Running' || phase === 'Pending' || phase === '';
  return (
    <details class="run" id={`run-${run.name}`} open={isFirst || isUnderWay}>
      <summary>
        <span class="run-title">{TYPES[type] ?? run.name}</span>
        <RunState state={phase} />
        <span class="note">
          {revision === 0 ? '' : `revision ${revision}, `}
          {createdAt === null ? null : <Ago at={createdAt} />}
        </span>
      </summary>
      <p class="note run-name">{run.name}</p>
      {message === '' ? null : <p>{message}</p>}
      {metrics.map((metric) => (
        <Metric key={metric.name} metric={metric} />
      ))}
      {isUnderWay ? (
        <ChoiceButton
          why={whyNot(commands, 'terminate')}
          onChoose={() =>
            ask({
              title: 'End this analysis?',
              sentence: 'It measures no more, and its measurements so far decide how it ends.',
              kubectl: kubectlText(commands, 'terminate', { RUN: run.name }),
              act: 'End the analysis',
              danger: true,
              run: () => give(namespace, name, { command: 'terminate', run: run.name }),
            })
          }
        >
          End this analysis
        </ChoiceButton>
      ) : null}
    </details>
  );
}
