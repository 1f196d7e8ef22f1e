/** The state of something as a coloured dot with its word; the word is always there. */
import type { Tone } from '../../../core/view/signs.ts';
import { runSignOf, signOf } from '../../../core/view/signs.ts';

interface Stated {
  readonly state: string;
}

/** Of a Rollout, a ReplicaSet or a pod. */
export function State({ state }: Stated) {
  return <Toned tone={signOf(state).tone} text={state} />;
}

/** Of an AnalysisRun, an Experiment, a metric or a measurement. */
export function RunState({ state }: Stated) {
  return <Toned tone={runSignOf(state).tone} text={state === '' ? 'Pending' : state} />;
}

function Toned({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span class="state" data-tone={tone}>
      {text}
    </span>
  );
}
