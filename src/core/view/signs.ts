/** What a state means at a glance: a sign, and a tone that each client has a colour for. */

export type Tone = 'good' | 'bad' | 'waiting' | 'moving' | 'dim';

export interface Sign {
  readonly icon: string;
  readonly tone: Tone;
}

const GOOD: Sign = { icon: '✔', tone: 'good' };
const BAD: Sign = { icon: '✖', tone: 'bad' };
const WARNING: Sign = { icon: '⚠', tone: 'bad' };
const MOVING: Sign = { icon: '◌', tone: 'moving' };
const PENDING: Sign = { icon: '◷', tone: 'waiting' };
const PAUSED: Sign = { icon: '॥', tone: 'waiting' };
const IDLE: Sign = { icon: '•', tone: 'dim' };
const UNKNOWN: Sign = { icon: '?', tone: 'waiting' };

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
export function signOf(state: string): Sign {
  const known = SIGNS[state];
  if (known !== undefined) return known;
  if (/(?:Error|BackOff|Unavailable)$|^(?:Init:)?ErrImage/.test(state)) return WARNING;
  return state.startsWith('Init:') ? MOVING : BAD;
}

/** Of an Experiment, an AnalysisRun or a measurement: running and pending have other signs there. */
export function runSignOf(phase: string): Sign {
  return phase === 'Running' ? MOVING : phase === 'Pending' || phase === '' ? PENDING : signOf(phase);
}

const ROLE_TONES: Readonly<Record<string, Tone>> = {
  stable: 'good',
  active: 'good',
  canary: 'waiting',
  preview: 'moving',
};

export function roleTone(role: string): Tone {
  return ROLE_TONES[role] ?? 'moving';
}
