/**
 * From the arguments that a Rollout writes to those that a run gets (spec B.2, 1 to 3).
 */
import type { RolloutAnalysisArgument } from '../../api/schema/analysis.ts';
import type { AnalysisArgument } from '../../api/schema/metric.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { fieldValueOf } from './field-value.ts';

interface ArgumentValue {
  readonly name: string;
  readonly value: string;
}

/** What the arguments of a Rollout may refer to. */
export interface ArgumentSources {
  readonly rollout: Rollout;
  /** Template hash of the revision that is rolled out. */
  readonly latestHash: string;
  /** Template hash of the stable revision. */
  readonly stableHash: string;
}

/** The arguments of a Rollout with their values. One without a value has the empty text; the first that cannot be resolved is the problem. */
export function resolveArguments(
  args: readonly RolloutAnalysisArgument[],
  sources: ArgumentSources,
): { readonly values: readonly ArgumentValue[] } | { readonly problem: string } {
  const values: ArgumentValue[] = [];
  for (const arg of args) {
    const resolved = resolveArgument(arg, sources);
    if ('problem' in resolved) return { problem: `args.${arg.name}: ${resolved.problem}` };
    values.push({ name: arg.name, value: resolved.value });
  }
  return { values };
}

function resolveArgument(
  { value = '', valueFrom }: RolloutAnalysisArgument,
  { rollout, latestHash, stableHash }: ArgumentSources,
): { readonly value: string } | { readonly problem: string } {
  if (valueFrom?.fieldRef !== undefined) return fieldValueOf(rollout, valueFrom.fieldRef.fieldPath);
  switch (valueFrom?.podTemplateHashValue) {
    case undefined:
      return { value };
    case 'Latest':
      return { value: latestHash };
    case 'Stable':
      return { value: stableHash };
    default:
      return { problem: `podTemplateHashValue must be Stable or Latest` };
  }
}

/**
 * The arguments that the templates declare, with the given values in the place of their own source. A value for an
 * argument that no template declares is dropped. A field of the Rollout that a template refers to is filled in; the
 * problem names the first argument that is still without a source.
 */
export function mergeArguments(
  declared: readonly AnalysisArgument[],
  given: readonly ArgumentValue[],
  rollout: Rollout | null,
): { readonly args: readonly AnalysisArgument[] } | { readonly problem: string } {
  const values = new Map(given.map(({ name, value }) => [name, value]));
  const args: AnalysisArgument[] = [];
  for (const arg of declared) {
    const value = values.get(arg.name);
    const merged = value === undefined ? withFieldValue(arg, rollout) : { name: arg.name, value };
    if ('problem' in merged) return merged;
    if (merged.value === undefined && merged.valueFrom?.secretKeyRef === undefined) {
      return { problem: `args.${arg.name} was not resolved` };
    }
    args.push(merged);
  }
  return { args };
}

function withFieldValue(
  arg: AnalysisArgument,
  rollout: Rollout | null,
): AnalysisArgument | { readonly problem: string } {
  const path = arg.valueFrom?.fieldRef?.fieldPath;
  if (arg.value !== undefined || path === undefined || rollout === null) return arg;
  const field = fieldValueOf(rollout, path);
  return 'problem' in field
    ? { problem: `args.${arg.name}: ${field.problem}` }
    : { name: arg.name, value: field.value };
}
