/**
 * The commands of people, as the patches that every client of the API sends for them (spec 6.1). It renders patches and
 * sends none.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { JsonObject } from '../../kube/json.ts';
import { strategyOf } from '../strategies/strategies.ts';

export type Command = 'promote' | 'promoteFull' | 'abort' | 'retry';

/** A JSON merge patch of the Rollout. */
export interface CommandPatch {
  readonly subresource?: 'status';
  readonly patch: JsonObject;
}

/** The patches of a command for the Rollout as it is now, to be sent in order. */
export function commandPatches(rollout: Rollout, command: Command): readonly CommandPatch[] {
  return PATCHES[command](rollout);
}

const PATCHES: Readonly<Record<Command, (rollout: Rollout) => readonly CommandPatch[]>> = {
  promote: (rollout) => [statusPatch(promotedStatus(rollout)), ...unpause(rollout)],
  promoteFull: (rollout) => [statusPatch({ promoteFull: true }), ...unpause(rollout)],
  abort: () => [statusPatch({ abort: true })],
  retry: () => [statusPatch({ abort: false })],
};

/** Either removes the pause or skips the step: both would skip the step after the pause as well. */
function promotedStatus(rollout: Rollout): JsonObject {
  const isPaused = (rollout.status?.pauseConditions ?? []).length > 0;
  const skipped = isPaused ? {} : strategyOf(rollout).skipStep(rollout);
  return { pauseConditions: null, ...(skipped as JsonObject) };
}

function unpause({ spec }: Rollout): readonly CommandPatch[] {
  return spec.paused === true ? [{ patch: { spec: { paused: false } } }] : [];
}

function statusPatch(status: JsonObject): CommandPatch {
  return { subresource: 'status', patch: { status } };
}
