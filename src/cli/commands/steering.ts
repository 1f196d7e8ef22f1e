/** The commands that change one field of what they name: `abort`, `pause`, `retry`, `terminate`. */
import { ABORT, PAUSE, RETRY, RETRY_EXPERIMENT, TERMINATE } from '../../core/view/plain-commands.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, ROLLOUTS } from '../../kube/resources.ts';
import { patchCommand } from './patch-command.ts';

const ROLLOUT_ALIASES = ['ro', 'rollouts'];
const EXPERIMENT_ALIASES = ['exp', 'experiments'];

export const abort = patchCommand({
  path: ['abort'],
  summary: 'Give an update up: requests and pods go back to the stable revision',
  names: 'rollouts',
  resource: ROLLOUTS,
  patches: ABORT,
  said: (name) => `rollout '${name}' aborted`,
});

export const pause = patchCommand({
  path: ['pause'],
  summary: 'Pause a rollout where it is, until it is promoted',
  names: 'rollouts',
  resource: ROLLOUTS,
  patches: PAUSE,
  said: (name) => `rollout '${name}' paused`,
});

export const retryRollout = patchCommand({
  path: ['retry', 'rollout'],
  aliases: ROLLOUT_ALIASES,
  summary: 'Start an aborted update again, from its first step',
  names: 'rollouts',
  resource: ROLLOUTS,
  patches: RETRY,
  said: (name) => `rollout '${name}' retried`,
});

export const retryExperiment = patchCommand({
  path: ['retry', 'experiment'],
  aliases: EXPERIMENT_ALIASES,
  summary: 'Run a finished experiment again',
  names: 'experiments',
  resource: EXPERIMENTS,
  patches: RETRY_EXPERIMENT,
  said: (name) => `experiment '${name}' retried`,
});

export const terminateAnalysisRun = patchCommand({
  path: ['terminate', 'analysisrun'],
  aliases: ['ar', 'analysisruns'],
  summary: 'End an analysis run early',
  names: 'analysisruns',
  resource: ANALYSIS_RUNS,
  patches: TERMINATE,
  said: (name) => `analysisRun '${name}' terminated`,
});

export const terminateExperiment = patchCommand({
  path: ['terminate', 'experiment'],
  aliases: EXPERIMENT_ALIASES,
  summary: 'End an experiment early',
  names: 'experiments',
  resource: EXPERIMENTS,
  patches: TERMINATE,
  said: (name) => `experiment '${name}' terminated`,
});
