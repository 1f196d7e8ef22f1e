/** What a Job and its pods say about a measurement. */
import type { Job, JobPod } from './job-store.ts';

export type JobOutcome =
  | { readonly kind: 'ended'; readonly phase: 'Successful' | 'Failed'; readonly message?: string }
  /** A container will never start: its image cannot be had. */
  | { readonly kind: 'stuck'; readonly message: string };

/** `null` while the Job may still end by itself. */
export function outcomeOf(job: Job, pods: readonly JobPod[]): JobOutcome | null {
  return endOf(job) ?? stuckAt(pods);
}

export function isFinished(job: Job): boolean {
  return endOf(job) !== null;
}

function endOf({ status }: Job): JobOutcome | null {
  const holds = (type: string) =>
    status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete') !== undefined) return { kind: 'ended', phase: 'Successful' };
  const failed = holds('Failed');
  if (failed === undefined) return null;
  const message = [failed.reason, failed.message].filter((part) => part !== undefined && part !== '').join(': ');
  return { kind: 'ended', phase: 'Failed', ...(message === '' ? {} : { message }) };
}

const IMAGE_REASONS: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

function stuckAt(pods: readonly JobPod[]): JobOutcome | null {
  for (const { metadata, status } of pods) {
    for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
      const { reason = '', message = '' } = state?.waiting ?? {};
      if (!IMAGE_REASONS.has(reason)) continue;
      const why = message === '' ? reason : `${reason}: ${message}`;
      return {
        kind: 'stuck',
        message: `the image of container ${name} of pod ${metadata.name} cannot be had (${why})`,
      };
    }
  }
  return null;
}
