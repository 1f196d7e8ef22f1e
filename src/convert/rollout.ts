/** The Rollout of a conversion, checked as the controller will check it. */
import { parseRollout } from '../api/schema/rollout.ts';
import { fieldErrorText, firstOf } from '../api/words/field-error.ts';
import { mistakesOf } from '../core/rollout/spec-problem.ts';
import { noted, sheetOf, type Comment, type DraftObject, type Sheet } from './draft.ts';
import type { InputObject } from './input.ts';
import { metadataLike } from './metadata.ts';

/** A Rollout of the name of `source`. */
export function rolloutSheet(source: InputObject, spec: DraftObject, comments: readonly Comment[]): Sheet {
  const metadata = metadataLike(source);
  return sheetOf(noted({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec }, ...comments));
}

/** What the controller would refuse about a Rollout, or `null`. */
export function rolloutProblem({ object }: Sheet): string | null {
  const stored = { uid: 'none', resourceVersion: '0', namespace: 'default', ...object.metadata };
  const parsed = parseRollout({ ...object, metadata: stored });
  if ('problem' in parsed) return parsed.problem;
  const error = firstOf(mistakesOf(parsed.rollout));
  return error === null ? null : fieldErrorText(error);
}
