/** One Rollout as the server tells it, for as long as a screen shows it. */
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RolloutEvent, TroubleEvent } from '../../wire.ts';
import { follow } from './follow.ts';
import { isSignedOut } from './session.ts';

export interface Followed {
  /** `null` until the server has sent it. */
  readonly event: RolloutEvent | null;
  readonly isGone: boolean;
  readonly trouble: string | null;
  /** Why the server sends nothing; '' while it does. */
  readonly refusal: string;
}

const NOTHING: Followed = { event: null, isGone: false, trouble: null, refusal: '' };

export function useRollout(namespace: string, name: string): Signal<Followed> {
  const followed = useSignal(NOTHING);
  useEffect(() => {
    followed.value = NOTHING;
    const change = (part: Partial<Followed>): void => {
      followed.value = { ...followed.value, ...part };
    };
    return follow(`rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`, {
      on: {
        // One of the same name may be made again.
        rollout: (event: RolloutEvent) => change({ event, isGone: false }),
        gone: () => change({ isGone: true }),
        trouble: ({ message }: TroubleEvent) => change({ trouble: message }),
      },
      refused: (refused) => {
        if (!isSignedOut(refused)) change({ refusal: refused.message });
      },
    });
  }, [namespace, name]);
  return followed;
}
