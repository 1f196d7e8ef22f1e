/**
 * Whether a ReplicaSet runs the template of a Rollout, asked when hashes do not tell: after a takeover
 * from another controller, or when somebody applies an old template again. A wrong "no" redeploys a
 * workload, a wrong "yes" swallows a change.
 *
 * Ephemeral metadata and injected anti-affinity are the caller's to strip.
 */
import type { Json, JsonObject } from './json.ts';
import type { PodTemplate } from './objects.ts';
import { POD_TEMPLATE_TYPES } from './pod-template-types.ts';
import { quantityValue } from './quantity.ts';
import { withDefaults } from './template-defaults.ts';
import { encoderOf } from './typed-json.ts';

/** The label that tells the pods of one revision from the next; the API table names it too, one layer up. */
const HASH_LABEL = 'rollouts-pod-template-hash';

/** Amounts by value, nil as empty: two templates mean the same exactly when their texts are equal. */
const meaningOf = encoderOf(POD_TEMPLATE_TYPES, 'PodTemplateSpec', quantityValue);

/**
 * True when both templates mean the same to Kubernetes: after defaulting, nil and empty being one and
 * amounts compared by value. The ReplicaSet's hash label does not count. A field that the API server
 * dropped, because it does not know it or its feature is off, makes a difference. Source: spec 4.4.
 */
export function sameTemplate(ofReplicaSet: PodTemplate, ofRollout: PodTemplate): boolean {
  return normalized(withoutHashLabel(ofReplicaSet)) === normalized(ofRollout);
}

function normalized(template: PodTemplate): string {
  return meaningOf(withHostPorts(withDefaults(template)) as Json);
}

function withoutHashLabel(template: PodTemplate): PodTemplate {
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
  return list.map((item: Json) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? change(item as JsonObject) : item,
  );
}
