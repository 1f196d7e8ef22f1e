/** Every command there is. What one needs beside its own file, and is slow to load, it loads when it runs. */
import type { AnyCommand } from './command.ts';
import { completion } from './commands/completion.ts';
import { convert } from './commands/convert.ts';
import { create } from './commands/create.ts';
import { createAnalysisRun } from './commands/create-analysis-run.ts';
import { dashboard } from './commands/dashboard.ts';
import { getExperiment } from './commands/get-experiment.ts';
import { getRollout } from './commands/get-rollout.ts';
import { history } from './commands/history.ts';
import { lint } from './commands/lint.ts';
import { listExperiments } from './commands/list-experiments.ts';
import { listRollouts } from './commands/list-rollouts.ts';
import { getTemplates, getTriggers } from './commands/notifications-get.ts';
import { notifyTemplate } from './commands/notifications-notify.ts';
import { runTrigger } from './commands/notifications-run.ts';
import { plan } from './commands/plan.ts';
import { promote } from './commands/promote.ts';
import { record } from './commands/record.ts';
import { replay } from './commands/replay.ts';
import { restart } from './commands/restart.ts';
import { setImage } from './commands/set-image.ts';
import { status } from './commands/status.ts';
import {
  abort,
  pause,
  retryExperiment,
  retryRollout,
  terminateAnalysisRun,
  terminateExperiment,
} from './commands/steering.ts';
import { undo } from './commands/undo.ts';
import { version } from './commands/version.ts';
import { why } from './commands/why.ts';

export const COMMANDS: readonly AnyCommand[] = [
  abort,
  completion,
  convert,
  create,
  createAnalysisRun,
  dashboard,
  getExperiment,
  getRollout,
  history,
  lint,
  listExperiments,
  listRollouts,
  getTemplates,
  notifyTemplate,
  getTriggers,
  runTrigger,
  pause,
  plan,
  promote,
  record,
  replay,
  restart,
  retryExperiment,
  retryRollout,
  setImage,
  status,
  terminateAnalysisRun,
  terminateExperiment,
  undo,
  version,
  why,
];

/** Words that stand before several commands, by all the words up to them. */
export const GROUPS: Readonly<Record<string, string>> = {
  get: 'Show one object and all that belongs to it',
  list: 'List objects',
  notifications: 'Check the configuration of notifications',
  'notifications template': 'Look at templates of notifications',
  'notifications trigger': 'Look at triggers of notifications',
  retry: 'Start something again',
  set: 'Change a field of a rollout',
  terminate: 'End something early',
};
