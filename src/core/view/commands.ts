/**
 * The commands of people, as the patches that every client of the API sends for them (spec 6.1). It renders patches and
 * sends none.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { JsonObject } from '../../kube/json.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { ABORT, RESUME, RETRY, statusPatch, type CommandPatch } from './plain-commands.ts';

export type Command = 'promote' | 'promoteFull' | 'abort' | 'retry';

/** The patches of a command for the Rollout as it is now, to be sent in order. */
export function commandPatches(rollout: Rollout, command: Command): readonly CommandPatch[] {
  return PATCHES[command](rollout);
}

const PATCHES: Readonly<Record<Command, (rollout: Rollout) => readonly CommandPatch[]>> = {
  promote: (rollout) => [statusPatch(promotedStatus(rollout)), ...unpause(rollout)],
  promoteFull: (rollout) => [...promotedInFull(rollout), ...unpause(rollout)],
  abort: () => ABORT,
  retry: () => RETRY,
};

/** Either removes the pause or skips the step: both would skip the step after the pause as well. */
function promotedStatus(rollout: Rollout): JsonObject {
  const strategy = strategyOf(rollout);
  const isPaused = (rollout.status?.pauseConditions ?? []).length > 0;
  const skipped = strategy.skipSteps(rollout, 1) as JsonObject;
  if (!isPaused) return { pauseConditions: null, ...skipped };
  return strategy.pausesAgain(rollout)
    ? { pauseConditions: null, controllerPause: false, ...skipped }
    : { pauseConditions: null };
}

/** A revision that is stable already would keep the flag for the next one. */
function promotedInFull({ status = {} }: Rollout): readonly CommandPatch[] {
  const isStable = (status.currentPodHash ?? '') === (status.stableRS ?? '');
  return isStable ? [] : [statusPatch({ promoteFull: true })];
}

/** The patch of the deprecated commands that only count steps; `null` for a Rollout without steps. */
export function skipPatches(rollout: Rollout, skipped: 'step' | 'all'): readonly CommandPatch[] | null {
  const fields = strategyOf(rollout).skipSteps(rollout, skipped === 'step' ? 1 : Number.POSITIVE_INFINITY);
  return Object.keys(fields).length === 0 ? null : [statusPatch(fields as JsonObject)];
}

function unpause({ spec }: Rollout): readonly CommandPatch[] {
  return spec.paused === true ? RESUME : [];
}
