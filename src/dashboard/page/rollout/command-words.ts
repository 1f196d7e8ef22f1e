/** What the commands are called on buttons, and what they do. */
import type { DashboardCommand } from '../../wire.ts';

interface Words {
  readonly label: string;
  readonly question: (name: string) => string;
  readonly sentence: string;
  readonly danger: boolean;
}

/** Those that concern the Rollout as a whole. */
export type PlainCommand = Exclude<DashboardCommand, 'setImages' | 'undo' | 'terminate'>;

export const COMMAND_WORDS: Readonly<Record<PlainCommand, Words>> = {
  promote: {
    label: 'Promote',
    question: (name) => `Promote ${name}?`,
    sentence: 'The update goes on: the pause ends, or the step that it stands at is skipped.',
    danger: false,
  },
  promoteFull: {
    label: 'Promote fully',
    question: (name) => `Promote ${name} fully?`,
    sentence: 'All steps, pauses and analyses that are left are skipped. The new revision gets all requests.',
    danger: true,
  },
  abort: {
    label: 'Abort',
    question: (name) => `Abort the update of ${name}?`,
    sentence: 'The update is given up. The stable revision gets all requests again.',
    danger: true,
  },
  retry: {
    label: 'Retry',
    question: (name) => `Retry the update of ${name}?`,
    sentence: 'The update that was given up begins again, from its first step.',
    danger: false,
  },
  pause: {
    label: 'Pause',
    question: (name) => `Pause ${name}?`,
    sentence: 'The rollout stays where it is until a person resumes it.',
    danger: false,
  },
  resume: {
    label: 'Resume',
    question: (name) => `Resume ${name}?`,
    sentence: 'The rollout goes on from where it was paused.',
    danger: false,
  },
  restart: {
    label: 'Restart pods',
    question: (name) => `Restart the pods of ${name}?`,
    sentence: 'All pods are replaced by new ones of the same revision, a few at a time.',
    danger: true,
  },
};
