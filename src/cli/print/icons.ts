/** The signs for kinds and states, and what their colours mean. */
import { span, type Span, type Style } from './text.ts';

export const KIND = {
  rollout: '⟳',
  revision: '#',
  replicaSet: '⧉',
  pod: '□',
  job: '⊞',
  experiment: 'Σ',
  analysisRun: 'α',
} as const;

interface Sign {
  readonly icon: string;
  readonly style: Style;
}

const GOOD: Sign = { icon: '✔', style: 'good' };
const BAD: Sign = { icon: '✖', style: 'bad' };
const WARNING: Sign = { icon: '⚠', style: 'bad' };
const MOVING: Sign = { icon: '◌', style: 'moving' };
const PENDING: Sign = { icon: '◷', style: 'waiting' };
const PAUSED: Sign = { icon: '॥', style: 'waiting' };
const IDLE: Sign = { icon: '•', style: 'dim' };
const UNKNOWN: Sign = { icon: '?', style: 'waiting' };

const SIGNS: Readonly<Record<string, Sign>> = {
  Healthy: GOOD,
  Successful: GOOD,
  Running: GOOD,
  Completed: GOOD,
  Progressing: MOVING,
  Pending: MOVING,
  Terminating: MOVING,
  ContainerCreating: MOVING,
  PodInitializing: MOVING,
  SchedulingGated: MOVING,
  NotReady: MOVING,
  Paused: PAUSED,
  ScaledDown: IDLE,
  Inconclusive: UNKNOWN,
  Unknown: UNKNOWN,
  Degraded: BAD,
  Failed: BAD,
  CrashLoopBackOff: BAD,
  InvalidImageName: BAD,
  ReplicaFailure: BAD,
  OOMKilled: BAD,
  Evicted: BAD,
  Error: WARNING,
};

/** Of a Rollout, a ReplicaSet or a pod. */
export function stateSpan(state: string): Span {
  const { icon, style } = signOf(state);
  return span(`${icon} ${state}`, style);
}

/** Of an Experiment, an AnalysisRun or a measurement: running and pending have other signs there. */
export function runSpan(phase: string): Span {
  const shown = phase === '' ? 'Pending' : phase;
  const { icon, style } = shown === 'Running' ? MOVING : shown === 'Pending' ? PENDING : signOf(shown);
  return span(`${icon} ${shown}`, style);
}

function signOf(state: string): Sign {
  const known = SIGNS[state];
  if (known !== undefined) return known;
  if (/(?:Error|BackOff|Unavailable)$|^(?:Init:)?ErrImage/.test(state)) return WARNING;
  return state.startsWith('Init:') ? MOVING : BAD;
}

const ROLE_STYLES: Readonly<Record<string, Style>> = {
  stable: 'good',
  active: 'good',
  canary: 'waiting',
  preview: 'moving',
};

export function roleStyle(role: string): Style {
  return ROLE_STYLES[role] ?? 'moving';
}
