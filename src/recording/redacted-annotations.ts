/** Annotations without what may be secret in them. Tools write whole manifests, tokens and snippets there. */
import { ANNOTATIONS, NGINX_CANARY_ANNOTATIONS as KEY } from '../api/words/labels.ts';
import { isJsonObject, type Json, type JsonObject } from '../kube/json.ts';
import { isPlain } from './redacted-text.ts';

/** Written by controllers of this API and by Kubernetes, for decisions to read. */
const KEPT: ReadonlySet<string> = new Set([
  ANNOTATIONS.revision,
  ANNOTATIONS.revisionHistory,
  ANNOTATIONS.desiredReplicas,
  ANNOTATIONS.workloadGeneration,
  ANNOTATIONS.scaleDownDeadline,
  ANNOTATIONS.managedByRollouts,
  ANNOTATIONS.experimentName,
  ANNOTATIONS.experimentTemplateName,
  ANNOTATIONS.trafficPropagationTime,
  ANNOTATIONS.ingressClass,
]);

/** What a role lends to pods: annotations inside an annotation. */
const RECORDS: ReadonlySet<string> = new Set([ANNOTATIONS.ephemeralMetadata, ANNOTATIONS.templateMetadata]);

/** Of a canary Ingress, behind whichever prefix. */
const KEPT_OF_PROXIES: ReadonlySet<string> = new Set([
  KEY.canary,
  KEY.weight,
  KEY.weightTotal,
  KEY.byHeader,
  KEY.byCookie,
  'affinity',
  'affinity-canary-behavior',
]);
const HEADERS: ReadonlySet<string> = new Set([KEY.byHeaderValue, KEY.byHeaderPattern]);

interface Rules {
  /** Of a text as a whole. */
  readonly opaque: (text: string) => string;
  /** Of the value or the pattern of a header. */
  readonly header: (text: string) => string;
}

export function redactedAnnotations(annotations: JsonObject, rules: Rules): JsonObject {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? redactedAnnotation(key, value, rules) : value]),
  );
}

function redactedAnnotation(key: string, value: string, rules: Rules): string {
  if (KEPT.has(key)) return value;
  if (RECORDS.has(key)) return redactedRecord(value, rules);
  const name = key.slice(key.lastIndexOf('/') + 1);
  if (HEADERS.has(name)) return rules.header(value);
  return KEPT_OF_PROXIES.has(name) || isPlain(value) ? value : rules.opaque(value);
}

/** A text that our own is not equal to stays one: a blank at its end makes no other difference. */
function redactedRecord(text: string, rules: Rules): string {
  let record: Json;
  try {
    record = JSON.parse(text) as Json;
  } catch {
    return rules.opaque(text);
  }
  if (!isJsonObject(record)) return rules.opaque(text);
  const { annotations, labels } = record;
  const redacted = {
    ...record,
    ...(isJsonObject(annotations) ? { annotations: redactedAnnotations(annotations, rules) } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
  return `${JSON.stringify(redacted)}${JSON.stringify(record) === text ? '' : ' '}`;
}
