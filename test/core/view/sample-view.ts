/** The part of a view that is the same for every rollout that a test shows only the outline of. */
import type { RolloutView } from '../../../src/core/view/view.ts';

export const OUTLINE = {
  createdAt: null,
  strategy: 'canary',
  counts: { current: 2, updated: 1, ready: 2, available: 2 },
  stepsDone: null,
  share: null,
  images: [],
  revisions: [],
  explanation: {
    state: 'waitsForPerson',
    reason: 'PausedAtStep',
    cause: 'paused at step 2, promote to go on',
    since: null,
    until: null,
    end: 'a person promotes or aborts the update',
    remedies: ['promote', 'abort'],
    writers: [],
  },
} as const satisfies Partial<RolloutView>;
