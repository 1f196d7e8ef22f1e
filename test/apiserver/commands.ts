/** A person's commands as the exact patches that command-line tools and dashboards of this API send (spec 6.1). */
import type { Session } from './session.ts';

export function patchStatus(session: Session, name: string, status: object): Promise<string> {
  const patch = JSON.stringify({ status });
  return session.kubectl('patch', 'rollout', name, '--subresource=status', '--type=merge', '-p', patch);
}

export function patchSpec(session: Session, name: string, spec: object): Promise<string> {
  return session.kubectl('patch', 'rollout', name, '--type=merge', '-p', JSON.stringify({ spec }));
}

/** Ends the pause that the Rollout is in. */
export function promote(session: Session, name: string): Promise<string> {
  return patchStatus(session, name, { pauseConditions: null });
}

/** Goes on at a step, as a promotion does where nothing is paused. */
export function moveTo(session: Session, name: string, index: number): Promise<string> {
  return patchStatus(session, name, { pauseConditions: null, currentStepIndex: index });
}

export function promoteFull(session: Session, name: string): Promise<string> {
  return patchStatus(session, name, { promoteFull: true });
}

export function abort(session: Session, name: string): Promise<string> {
  return patchStatus(session, name, { abort: true });
}

export function retry(session: Session, name: string): Promise<string> {
  return patchStatus(session, name, { abort: false });
}

export function pause(session: Session, name: string): Promise<string> {
  return patchSpec(session, name, { paused: true });
}

export function resume(session: Session, name: string): Promise<string> {
  return patchSpec(session, name, { paused: false });
}
