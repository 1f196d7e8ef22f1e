/** What the commands are called on buttons, and what they do. */
import type { DashboardCommand } from '../../wire.ts';

interface Words {
  readonly label: string;
  readonly sentence: string;
  readonly danger: boolean;
}

/** Those that concern the Rollout as a whole. */
export type PlainCommand = Exclude<DashboardCommand, 'setImages' | 'undo' | 'terminate'>;

export const COMMAND_WORDS: Readonly<Record<PlainCommand, Words>> = {
  promote: {
    label: 'Promote',
    sentence: 'The update goes on: the pause ends, or the step that it stands at is skipped.',
    danger: false,
  },
  promoteFull: {
    label: 'Promote fully',
    sentence: 'All steps, pauses and analyses that are left are skipped. The new revision gets all requests.',
    danger: true,
  },
  abort: {
    label: 'Abort',
    sentence: 'The update is given up. The stable revision gets all requests again.',
    danger: true,
  },
  retry: { label: 'Retry', sentence: 'The update that was given up begins again, from its first step.', danger: false },
  pause: { label: 'Pause', sentence: 'The rollout stays where it is until a person resumes it.', danger: false },
  resume: { label: 'Resume', sentence: 'The rollout goes on from where it was paused.', danger: false },
  restart: {
    label: 'Restart pods',
    sentence: 'All pods are replaced by new ones of the same revision, a few at a time.',
    danger: true,
  },
};
