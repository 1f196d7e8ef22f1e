/**
 * Rules of the labels and annotations that roles set on pods (`canaryMetadata` and the like). They are set on running
 * pods, so none may take a pod out of its ReplicaSet. The API server's rules are in `role-rules.ts`.
 */
import type { LabelSelector } from '../../kube/objects.ts';
import { isLabelKey, isLabelValue, matchesSelector } from '../../kube/selector.ts';
import { firstErrorOf, invalidValue, type FieldError } from '../words/field-error.ts';
import type { PodTemplateMetadata } from '../schema/fields.ts';
import { LABELS } from '../words/labels.ts';
import type { RolloutSpec } from '../schema/rollout.ts';
import { PROBLEMS } from '../words/problems.ts';

interface Role {
  readonly path: string;
  readonly metadata: PodTemplateMetadata | undefined;
}

/** The first problem with the metadata of a role, or null. */
export function roleMetadataError({ selector, strategy = {} }: RolloutSpec): FieldError | null {
  return firstErrorOf(rolesOf(strategy), ({ path, metadata }) => {
    const { labels = {}, annotations = {} } = metadata ?? {};
    return (
      firstErrorOf(Object.entries(labels), ([key, value]) => {
        const problem = labelProblem(key, value, selector);
        return problem === null ? null : invalidValue(`${path}.labels[${key}]`, value, problem);
      }) ??
      firstErrorOf(Object.entries(annotations), ([key, value]) =>
        isLabelKey(key.toLowerCase())
          ? null
          : invalidValue(`${path}.annotations[${key}]`, value, 'is not a valid annotation key'),
      )
    );
  });
}

function rolesOf({ canary = {}, blueGreen }: NonNullable<RolloutSpec['strategy']>): readonly Role[] {
  return [
    { path: 'spec.strategy.canary.canaryMetadata', metadata: canary.canaryMetadata },
    { path: 'spec.strategy.canary.stableMetadata', metadata: canary.stableMetadata },
    { path: 'spec.strategy.blueGreen.previewMetadata', metadata: blueGreen?.previewMetadata },
    { path: 'spec.strategy.blueGreen.activeMetadata', metadata: blueGreen?.activeMetadata },
  ];
}

function labelProblem(key: string, value: string, selector: LabelSelector | undefined): string | null {
  if (key === LABELS.podTemplateHash) return PROBLEMS.roleHash;
  if (!isLabelKey(key)) return 'is not a valid label key';
  if (!isLabelValue(value)) return 'is not a valid label value';
  return selector === undefined || matchesSelector(termsAbout(selector, key), { [key]: value })
    ? null
    : PROBLEMS.roleSelector;
}

/** The terms of a selector about one key. */
function termsAbout({ matchLabels = {}, matchExpressions = [] }: LabelSelector, key: string): LabelSelector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([one]) => one === key)),
    matchExpressions: matchExpressions.filter((one) => one.key === key),
  };
}
