/**
 * A person's commands as the patches that kubectl sends (spec 6.1), without kubectl: a hundred of its processes for
 * every scenario would take more of the machine than the requests do. `canary-demo.test.ts` uses kubectl alone.
 */
import type { Session } from '../apiserver/session.ts';

/** Ends the pause that the Rollout is in. */
export function promote(session: Session, name: string): Promise<void> {
  return patchStatus(session, name, { pauseConditions: null });
}

export function promoteFull(session: Session, name: string): Promise<void> {
  return patchStatus(session, name, { promoteFull: true });
}

export function abort(session: Session, name: string): Promise<void> {
  return patchStatus(session, name, { abort: true });
}

async function patchStatus(session: Session, name: string, status: object): Promise<void> {
  await session.client.patch(`${session.pathOf('rollouts')}/${name}/status`, 'merge', { status });
}
