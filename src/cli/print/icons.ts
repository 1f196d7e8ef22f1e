/** The signs of kinds and states in a terminal. */
import { runSignOf, signOf } from '../../core/view/signs.ts';
import { span, type Span } from './text.ts';

export const KIND = {
  rollout: '⟳',
  revision: '#',
  replicaSet: '⧉',
  pod: '□',
  job: '⊞',
  experiment: 'Σ',
  analysisRun: 'α',
} as const;

/** Of a Rollout, a ReplicaSet or a pod. */
export function stateSpan(state: string): Span {
  const { icon, tone } = signOf(state);
  return span(`${icon} ${state}`, tone);
}

/** Of an Experiment, an AnalysisRun or a measurement. */
export function runSpan(phase: string): Span {
  const shown = phase === '' ? 'Pending' : phase;
  const { icon, tone } = runSignOf(shown);
  return span(`${icon} ${shown}`, tone);
}
