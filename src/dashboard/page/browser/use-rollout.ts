/** One Rollout as the server tells it, for as long as a screen shows it. */
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RolloutEvent, TroubleEvent } from '../../wire.ts';
import { follow } from './follow.ts';
import { isSignedOut } from './session.ts';

interface Followed {
  /** Of its stream. */
  readonly path: string;
  /** `null` until the server has sent it. */
  readonly event: RolloutEvent | null;
  readonly isGone: boolean;
  readonly trouble: string | null;
  /** Why the server sends nothing; '' while it does. */
  readonly refusal: string;
}

/** One screen shows one Rollout. */
const NOTHING: Followed = { path: '', event: null, isGone: false, trouble: null, refusal: '' };

const followed = signal(NOTHING);

/** Where it stands, as far as that matters to a person who is about to give a command; '' when it is not shown. */
export const standing = computed(() => {
  const { event, isGone } = followed.value;
  if (event === null) return '';
  const { phase, progress, stepsDone, canary, explanation } = event.view;
  return JSON.stringify([isGone, phase, progress, stepsDone, canary?.hash, explanation.state, explanation.reason]);
});

/** Why it stands there; '' when it is not shown. */
export const standingCause = computed(() => followed.value.event?.view.explanation.cause ?? '');

export function useRollout(namespace: string, name: string): Followed {
  const path = `rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  useEffect(() => {
    if (followed.peek().path !== path) followed.value = { ...NOTHING, path };
    const change = (part: Partial<Followed>): void => {
      if (followed.peek().path === path) followed.value = { ...followed.peek(), ...part };
    };
    return follow(path, {
      on: {
        // One of the same name may be made again.
        rollout: (event: RolloutEvent) => change({ event, isGone: false, refusal: '' }),
        gone: () => change({ isGone: true }),
        trouble: ({ message }: TroubleEvent) => change({ trouble: message }),
      },
      refused: (refused) => {
        if (!isSignedOut(refused)) change({ refusal: refused.message });
      },
    });
  }, [path]);
  // At first it is still the Rollout of the screen before.
  return followed.value.path === path ? followed.value : NOTHING;
}
