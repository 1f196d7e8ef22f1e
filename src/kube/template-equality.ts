/**
 * Whether a ReplicaSet runs the template of a Rollout, for cases in which hashes cannot decide: after a takeover
 * from another controller, or when a user applies an old template again. A wrong "no" redeploys a workload, a
 * wrong "yes" loses a change.
 *
 * The caller removes ephemeral metadata and injected anti-affinity first.
 */
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PodTemplate } from './objects.ts';
import { POD_TEMPLATE_TYPES } from './pod-template-types.ts';
import { quantityValue } from './quantity.ts';
import { withDefaults } from './template-defaults.ts';
import { encoderOf } from './typed-json.ts';

/** The label that tells the pods of one revision from the next; the API table names it too, one layer up. */
const HASH_LABEL = 'rollouts-pod-template-hash';

/** Amounts by value, nil as empty: two templates mean the same exactly when their texts are equal. */
const meaningOf = encoderOf(POD_TEMPLATE_TYPES, 'PodTemplateSpec', quantityValue);

/** What the templates of ReplicaSets are, beside one of a Rollout. */
export interface TemplateComparison {
  /**
   * True when both mean the same to Kubernetes: after defaulting, nil and empty being one and amounts compared by value.
   * The ReplicaSet's hash label does not count. A field that the API server dropped, because it does not know it or its
   * feature is off, makes a difference. Source: spec 4.4.
   */
  readonly isSame: (ofReplicaSet: PodTemplate) => boolean;
  /**
   * True when the ReplicaSet's template says everything that the Rollout's says, and more: our table of defaults may be
   * older than the cluster, or something that admits ReplicaSets adds to them. Lists have to have the same length.
   */
  readonly saysMore: (ofReplicaSet: PodTemplate) => boolean;
}

/** The Rollout's template is normalized once, however many ReplicaSets there are, and only when there are any. */
export function comparisonWith(ofRollout: PodTemplate): TemplateComparison {
  let known: string | undefined;
  const wanted = (): string => (known ??= normalized(ofRollout));
  return {
    isSame: (ofReplicaSet) => normalized(withoutHashLabel(ofReplicaSet)) === wanted(),
    saysMore: (ofReplicaSet) => {
      const more = normalized(withoutHashLabel(ofReplicaSet));
      return more !== wanted() && includes(JSON.parse(more) as Json, JSON.parse(wanted()) as Json);
    },
  };
}

function includes(more: Json | undefined, less: Json): boolean {
  if (Array.isArray(less)) {
    return (
      Array.isArray(more) && more.length === less.length && less.every((item: Json, at) => includes(more[at], item))
    );
  }
  if (!isJsonObject(less)) return more === less;
  return isJsonObject(more) && Object.entries(less).every(([key, value = null]) => includes(more[key], value));
}

function normalized(template: PodTemplate): string {
  return meaningOf(withHostPorts(withDefaults(template)) as Json);
}

/** The user's part of a ReplicaSet's template. */
export function withoutHashLabel(template: PodTemplate): PodTemplate {
  const labels = template.metadata?.labels;
  if (labels?.[HASH_LABEL] === undefined) return template;
  const { [HASH_LABEL]: _, ...others } = labels;
  return { ...template, metadata: { ...template.metadata, labels: others } };
}

/** On the host's network a container's port is the host's, written or not; older API servers write it into templates. */
function withHostPorts(template: PodTemplate): PodTemplate {
  if (template.spec?.['hostNetwork'] !== true) return template;
  const spec: Record<string, Json | undefined> = { ...template.spec };
  for (const list of ['containers', 'initContainers']) spec[list] = mapObjects(spec[list], withContainerHostPorts);
  return { ...template, spec };
}

function withContainerHostPorts(container: JsonObject): JsonObject {
  const ports = mapObjects(container['ports'], (port) => ({
    ...port,
    hostPort: port['hostPort'] || port['containerPort'],
  }));
  return { ...container, ports };
}

function mapObjects(list: Json | undefined, change: (item: JsonObject) => JsonObject): Json | undefined {
  if (!Array.isArray(list)) return list;
  return list.map((item: Json) => (isJsonObject(item) ? change(item) : item));
}
