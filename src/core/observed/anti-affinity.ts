/**
 * The pod anti-affinity term that keeps a canary off the stable pods' nodes (spec 4.6): adds it to a template and
 * removes it again.
 */
import { LABELS } from '../../api/words/labels.ts';
import type { AntiAffinity } from '../../api/schema/anti-affinity.ts';
import type { Json, JsonObject } from '../../kube/json.ts';
import type { PodTemplate } from '../../kube/objects.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** The template with a term against pods of `stableHash`; without anti-affinity or without a stable hash it is returned as it is. */
export function withAntiAffinity(
  template: PodTemplate,
  antiAffinity: AntiAffinity | undefined,
  stableHash: string,
  namespace: string,
): PodTemplate {
  if (antiAffinity === undefined || stableHash === '') return template;
  const term: JsonObject = {
    labelSelector: { matchExpressions: [{ key: LABELS.podTemplateHash, operator: 'In', values: [stableHash] }] },
    namespaces: [namespace],
    topologyKey: 'kubernetes.io/hostname',
  };
  const preferred = antiAffinity[PREFERRED];
  return preferred === undefined
    ? withTerms(template, REQUIRED, (terms) => [...terms, term])
    : withTerms(template, PREFERRED, (terms) => [...terms, { weight: preferred.weight, podAffinityTerm: term }]);
}

/** The template without the terms that Serin (or another controller of this API) injected. */
export function withoutAntiAffinity(template: PodTemplate): PodTemplate {
  const affinity = objectOf(template.spec?.['affinity']);
  if (objectOf(affinity['podAntiAffinity']) === EMPTY) return template;
  const cleaned = withTerms(
    withTerms(template, REQUIRED, (terms) => terms.filter((term) => !isInjected(term))),
    PREFERRED,
    (terms) => terms.filter((term) => !isInjected(objectOf(objectOf(term)['podAffinityTerm']))),
  );
  return cleaned;
}

/** The stable hash that an injected term of this template names, `null` without one. */
export function injectedStableHash(template: PodTemplate): string | null {
  const terms = termsOf(template);
  for (const term of terms) {
    const values = hashValues(term);
    if (values?.[0] !== undefined) return values[0];
  }
  return null;
}

const EMPTY: JsonObject = {};

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : EMPTY;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function termsOf(template: PodTemplate): readonly Json[] {
  const podAntiAffinity = objectOf(objectOf(template.spec?.['affinity'])['podAntiAffinity']);
  return [
    ...listOf(podAntiAffinity[REQUIRED]),
    ...listOf(podAntiAffinity[PREFERRED]).map((term) => objectOf(objectOf(term)['podAffinityTerm'])),
  ];
}

function isInjected(term: Json): boolean {
  return hashValues(term) !== null;
}

function hashValues(term: Json): readonly string[] | null {
  const expressions = listOf(objectOf(objectOf(term)['labelSelector'])['matchExpressions']);
  const expression = expressions.map((one) => objectOf(one)).find((one) => one['key'] === LABELS.podTemplateHash);
  return expression === undefined ? null : listOf(expression['values']).filter((value) => typeof value === 'string');
}

/** Empty containers that the change leaves behind are dropped, so that a template comes back as it was before the injection. */
function withTerms(
  template: PodTemplate,
  kind: string,
  change: (terms: readonly Json[]) => readonly Json[],
): PodTemplate {
  const affinity = objectOf(template.spec?.['affinity']);
  const podAntiAffinity = objectOf(affinity['podAntiAffinity']);
  const nextAntiAffinity = withEntry(podAntiAffinity, kind, change(listOf(podAntiAffinity[kind])));
  const nextAffinity = withEntry(affinity, 'podAntiAffinity', nextAntiAffinity);
  return { ...template, spec: withEntry(template.spec ?? EMPTY, 'affinity', nextAffinity) };
}

function withEntry(object: JsonObject, key: string, value: readonly Json[] | JsonObject): JsonObject {
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  const { [key]: _replaced, ...rest } = object;
  return size === 0 ? rest : { ...rest, [key]: value };
}
