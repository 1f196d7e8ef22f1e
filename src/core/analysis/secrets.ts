/**
 * Arguments that come from Secrets (spec B.2, 4 and 5). Their values are read when something is measured, and never
 * stored. Everything else is decided with a placeholder in their place.
 */
import type { AnalysisArgument } from '../../api/schema/metric.ts';

/** Stands for the value of a secret wherever the value does not matter. */
const PLACEHOLDER = 'temp-for-secret';

export interface SecretReference {
  /** Name of the Secret, in the namespace of the run. */
  readonly name: string;
  readonly key: string;
}

/** Decoded Secrets by name; `null` for one that does not exist. An error of the API server is neither: look again later. */
export type SecretData = ReadonlyMap<string, Readonly<Record<string, string>> | null>;

export interface ResolvedArguments {
  readonly values: ReadonlyMap<string, string>;
  /** Those of the values that must not be shown. */
  readonly secretValues: readonly string[];
}

/** The keys of Secrets that the arguments name, each once. A reference wins over a value beside it. */
export function secretReferences(args: readonly AnalysisArgument[] | undefined): readonly SecretReference[] {
  const references = (args ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  const byKey = new Map(references.map(({ name, key }) => [JSON.stringify([name, key]), { name, key }]));
  return [...byKey.values()];
}

/** Every argument with its value, or what is missing. `secrets` is `null` for placeholders in the place of secrets. */
export function argumentValues(
  args: readonly AnalysisArgument[] | undefined,
  secrets: SecretData | null,
): ResolvedArguments | { readonly problem: string } {
  const values = new Map<string, string>();
  const secretValues: string[] = [];
  for (const { name, value, valueFrom } of args ?? []) {
    if (valueFrom?.secretKeyRef !== undefined) {
      const secret = secrets === null ? { value: PLACEHOLDER } : secretValue(valueFrom.secretKeyRef, secrets);
      if ('problem' in secret) return secret;
      values.set(name, secret.value);
      if (secrets !== null) secretValues.push(secret.value);
    } else if (value === undefined) {
      return { problem: `argument "${name}" was not supplied` };
    } else {
      values.set(name, value);
    }
  }
  return { values, secretValues };
}

function secretValue(
  { name, key }: SecretReference,
  secrets: SecretData,
): { readonly value: string } | { readonly problem: string } {
  const data = secrets.get(name) ?? null;
  if (data === null) return { problem: `secret "${name}" not found` };
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return value === undefined ? { problem: `key "${key}" does not exist in secret "${name}"` } : { value };
}
