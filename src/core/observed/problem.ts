/**
 * Why a Rollout cannot be rolled out as it is written, or not yet.
 */
/**
 * - `spec`: the Rollout itself has to be changed
 * - `reference`: an object that it refers to is missing, or does not fit
 * - `refused`: the API server does not allow what has to come first
 */
export interface Problem {
  readonly kind: 'spec' | 'reference' | 'refused';
  /** A field error in the form of Kubernetes, or a sentence. */
  readonly text: string;
}
