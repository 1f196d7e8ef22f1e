/**
 * What a person tells a rollout to do, as the patches that every client of the API sends for it
 * (spec 6.1). It renders patches and sends none; what a command then brings about is decided by the
 * strategy.
 */
import type { Rollout } from '../../api/rollout.ts';
import type { JsonObject } from '../../kube/json.ts';

export type Command = 'promote' | 'promoteFull' | 'abort' | 'retry';

/** A JSON merge patch of the Rollout. */
export interface CommandPatch {
  readonly subresource?: 'status';
  readonly patch: JsonObject;
}

/** The patches that a command consists of for this Rollout as it stands, to be sent in order. */
export function commandPatches(rollout: Rollout, command: Command): readonly CommandPatch[] {
  return PATCHES[command](rollout);
}

const PATCHES: Readonly<Record<Command, (rollout: Rollout) => readonly CommandPatch[]>> = {
  promote: (rollout) => [statusPatch(promotedStatus(rollout)), ...unpause(rollout)],
  promoteFull: (rollout) => [statusPatch({ promoteFull: true }), ...unpause(rollout)],
  abort: () => [statusPatch({ abort: true })],
  retry: () => [statusPatch({ abort: false })],
};

/** A pause is taken away, or the step is skipped: doing both would skip the step after the pause as well. */
function promotedStatus({ spec, status }: Rollout): JsonObject {
  if ((status?.pauseConditions ?? []).length > 0) return { pauseConditions: null };
  const count = spec.strategy?.canary?.steps?.length ?? 0;
  if (count === 0) return { pauseConditions: null };
  return { pauseConditions: null, currentStepIndex: Math.min((status?.currentStepIndex ?? 0) + 1, count) };
}

function unpause({ spec }: Rollout): readonly CommandPatch[] {
  return spec.paused === true ? [{ patch: { spec: { paused: false } } }] : [];
}

function statusPatch(status: JsonObject): CommandPatch {
  return { subresource: 'status', patch: { status } };
}
