/**
 * The schema that kustomize needs to merge lists inside a Rollout: of the API server's own document only what says by
 * which key the items of a list are told apart, and the way there. The built-in workloads are in it because a schema
 * of one's own takes the place of the one that kustomize has inside.
 */
import type { JsonObject } from '../../src/kube/json.ts';

const KINDS = [
  'io.k8s.api.apps.v1.DaemonSet',
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.apps.v1.ReplicaSet',
  'io.k8s.api.apps.v1.StatefulSet',
  'io.k8s.api.batch.v1.CronJob',
  'io.k8s.api.batch.v1.Job',
  'io.k8s.api.core.v1.Pod',
  'io.k8s.api.core.v1.PodTemplate',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ServiceAccount',
];
const REFERENCE_PREFIX = '#/definitions/';
const POD_TEMPLATE = 'io.k8s.api.core.v1.PodTemplateSpec';
const STRATEGY = 'x-kubernetes-patch-strategy';
const KEYWORDS = [STRATEGY, 'x-kubernetes-patch-merge-key', 'x-kubernetes-list-map-keys'];
const GROUP_VERSION_KIND = 'x-kubernetes-group-version-kind';

const ROLLOUT = {
  [GROUP_VERSION_KIND]: [{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout' }],
  properties: { spec: { properties: { template: { $ref: REFERENCE_PREFIX + POD_TEMPLATE } } } },
};

/** From the document at /openapi/v2. */
export function mergeKeys(document: JsonObject): JsonObject {
  const source = document['definitions'] as Readonly<Record<string, JsonObject>>;
  const kept = new Map<string, JsonObject | null>();

  const keep = (name: string): JsonObject | null => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    // A type that holds itself says nothing about its own lists there.
    kept.set(name, null);
    const definition = pruned(source[name] ?? {});
    kept.set(name, definition);
    return definition;
  };

  const pruned = (node: JsonObject): JsonObject | null => {
    const reference = node['$ref'];
    if (typeof reference === 'string') {
      return keep(reference.slice(REFERENCE_PREFIX.length)) === null ? null : { $ref: reference };
    }
    const properties = Object.entries((node['properties'] ?? {}) as Readonly<Record<string, JsonObject>>)
      // Nobody patches a status in a file, and the metadata of every kind is known to kustomize.
      .filter(([name]) => name !== 'status' && name !== 'metadata')
      .map(([name, property]) => [name, pruned(property)] as const)
      .filter(([, property]) => property !== null);
    const items = node['items'] === undefined ? null : pruned(node['items'] as JsonObject);
    const result: JsonObject = {
      ...(STRATEGY in node
        ? Object.fromEntries(KEYWORDS.filter((keyword) => keyword in node).map((keyword) => [keyword, node[keyword]]))
        : {}),
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) as JsonObject }),
      ...(items === null ? {} : { items }),
    };
    return Object.keys(result).length === 0 ? null : result;
  };

  for (const kind of KINDS) {
    const definition = keep(kind);
    const groupVersionKind = source[kind]?.[GROUP_VERSION_KIND];
    if (definition === null || groupVersionKind === undefined) throw new Error(`nothing merges in ${kind}`);
    kept.set(kind, { [GROUP_VERSION_KIND]: groupVersionKind, ...definition });
  }
  const definitions = Object.fromEntries(
    [...kept].filter(([, definition]) => definition !== null).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { definitions: { ...definitions, 'io.argoproj.v1alpha1.Rollout': ROLLOUT } };
}
