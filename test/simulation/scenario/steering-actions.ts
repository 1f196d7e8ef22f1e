/** How a user ends a pause and takes an abort back, whatever the strategy is and whatever is measured. */
import type { Action } from './action.ts';

export const resume: Action = ({ user }) => {
  if ((user.status.pauseConditions ?? []).length === 0) return null;
  user.resume();
  return 'resumes';
};

export const retry: Action = ({ user }) => {
  if (user.status.abort !== true) return null;
  user.retry();
  return 'retries';
};
