/**
 * Decides what a container of a pod will do: a pure function of the pod.
 *
 * | the container's                                       | becomes                                              |
 * |-------------------------------------------------------|------------------------------------------------------|
 * | image with `does-not-exist` or `bad-image` in it      | waiting, ImagePullBackOff, for ever                  |
 * | command whose program is named `*does-not-exist*`     | StartError 128, then CrashLoopBackOff                |
 * | pod's annotations run-seconds, exit-code              | ends so, whatever its command                        |
 * | command that command.ts understands                   | ends or runs as it says                              |
 * | any other command, or the image's own                 | runs; in a pod that may end: ends with 0 at once     |
 */
import { EXIT_CODE, RUN_SECONDS, numberFrom } from './annotations.ts';
import { outcomeOf } from './command.ts';
import type { ContainerSpec, Pod } from './pod.ts';

export type ContainerScript =
  | { readonly kind: 'cannot-pull'; readonly message: string }
  | { readonly kind: 'cannot-start'; readonly message: string }
  | { readonly kind: 'runs' }
  | { readonly kind: 'exits'; readonly afterMs: number; readonly code: number };

const UNPULLABLE_IMAGE = /does-not-exist|bad-image/;

export function scriptOf(pod: Pod, container: ContainerSpec): ContainerScript {
  if (UNPULLABLE_IMAGE.test(container.image)) {
    return { kind: 'cannot-pull', message: `Back-off pulling image "${container.image}"` };
  }
  const runSeconds = numberFrom(pod, RUN_SECONDS);
  const exitCode = numberFrom(pod, EXIT_CODE);
  if (runSeconds !== undefined || exitCode !== undefined) {
    return { kind: 'exits', afterMs: (runSeconds ?? 0) * 1_000, code: exitCode ?? 0 };
  }
  const outcome = outcomeOf([...(container.command ?? []), ...(container.args ?? [])]);
  if (outcome.kind === 'cannot-start') {
    return { kind: 'cannot-start', message: `exec: "${outcome.program}": executable file not found in $PATH` };
  }
  if (outcome.kind === 'exits') return { kind: 'exits', afterMs: outcome.afterSeconds * 1_000, code: outcome.code };
  const mayEnd = outcome.kind === 'unknown' && pod.spec.restartPolicy !== 'Always';
  return mayEnd ? { kind: 'exits', afterMs: 0, code: 0 } : { kind: 'runs' };
}
