/**
 * From the API server's own OpenAPI v3 document to a structural schema of one of its types. Fields that
 * the document does not know are kept by the schema, because a pod template may use what only a newer
 * cluster understands. Nothing is given a default and no enumeration is closed for the same reason. Its descriptions
 * stay out: they are 227 KB of Kubernetes' words, more than is left of the 256 KiB that a plain `kubectl apply` can
 * store, and `kubectl explain pod.spec` prints them.
 */
import type { JsonObject } from '../../kube/json.ts';

const REFERENCE_PREFIX = '#/components/schemas/';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** What is taken over from a schema of the document; all else says nothing to a CRD or closes too much. */
const KEYWORDS = [
  'type',
  'format',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
];

/** The schema named `name` in the document, with every reference replaced by what it refers to. */
export function openApiSnapshot(document: JsonObject, name: string): JsonObject {
  const components = document['components'] as JsonObject | undefined;
  return structural({ $ref: REFERENCE_PREFIX + name }, (components?.['schemas'] ?? {}) as JsonObject, []);
}

function structural(node: JsonObject, schemas: JsonObject, mapKeys: readonly string[]): JsonObject {
  const name = referenceOf(node);
  // A number with a fraction is a quantity too, which int-or-string would refuse.
  if (name === QUANTITY) return { 'x-kubernetes-preserve-unknown-fields': true };
  if (name === INT_OR_STRING) return { 'x-kubernetes-int-or-string': true };
  if (name !== null) return structural(referred(schemas, name), schemas, mapKeys);
  const { properties, additionalProperties, items } = node;
  const isOpen = node['type'] === 'object' && additionalProperties === undefined;
  return {
    ...Object.fromEntries(KEYWORDS.filter((keyword) => keyword in node).map((keyword) => [keyword, node[keyword]])),
    ...(isOpen ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(properties === undefined ? {} : { properties: structuralProperties(node, schemas, mapKeys) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: structural(additionalProperties as JsonObject, schemas, []) }),
    ...(items === undefined
      ? {}
      : { items: structural(items as JsonObject, schemas, textsAt(node, 'x-kubernetes-list-map-keys')) }),
  };
}

/** The items of a list can only be told apart by a key that is always there: required, or else with a default. */
function structuralProperties(node: JsonObject, schemas: JsonObject, mapKeys: readonly string[]): JsonObject {
  const required = textsAt(node, 'required');
  return Object.fromEntries(
    Object.entries(node['properties'] as JsonObject).map(([name, property]) => {
      const { default: byDefault } = property as JsonObject;
      const schema = structural(property as JsonObject, schemas, []);
      return [name, mapKeys.includes(name) && !required.includes(name) ? { ...schema, default: byDefault } : schema];
    }),
  );
}

/** The document wraps a reference in `allOf` where it says more about it. */
function referenceOf(node: JsonObject): string | null {
  const [only, ...others] = (node['allOf'] ?? [node]) as readonly JsonObject[];
  const reference = only?.['$ref'];
  return typeof reference === 'string' && others.length === 0 ? reference.slice(REFERENCE_PREFIX.length) : null;
}

function referred(schemas: JsonObject, name: string): JsonObject {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`the OpenAPI document has no schema ${name}`);
  return schema as JsonObject;
}

function textsAt(node: JsonObject, key: string): readonly string[] {
  return (node[key] ?? []) as readonly string[];
}
