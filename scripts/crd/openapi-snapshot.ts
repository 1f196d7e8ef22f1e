/**
 * From the API server's own OpenAPI v3 document to a structural schema of one of its types. A field that the
 * document does not know is refused, as in a Deployment: it is a misspelt one far more often than one of a newer
 * Kubernetes (ADR 12). No defaults are set and no enumeration is closed, because a newer cluster may treat a known field
 * differently. The descriptions are left out: they are 227 KB, more than is left of the 256 KiB that a plain
 * `kubectl apply` can store, and `kubectl explain pod.spec` prints them.
 */
import type { JsonObject } from '../../src/kube/json.ts';

const REFERENCE_PREFIX = '#/components/schemas/';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/**
 * An amount as text: no minus, because no amount in a pod template may be negative, and an exponent of no more digits
 * than make sense. resource.Quantity reads all of it from JSON; it trims spaces first.
 */
const AMOUNT = String.raw`^\s*[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,3})?\s*$`;

/**
 * A number with a fraction is an amount too (`cpu: 0.5`), which int-or-string would refuse. A structural schema has
 * no type for "text or number": the type has to be left out, and each of these keywords restricts one type, so that the
 * others have no value left.
 */
const QUANTITY_SCHEMA: JsonObject = {
  'x-kubernetes-preserve-unknown-fields': true,
  pattern: AMOUNT,
  minimum: 0,
  maxProperties: 0,
  maxItems: 0,
  not: { enum: [true, false, {}, []] },
};

/** What is taken over from a schema of the document; the rest has no meaning in a CRD or is too strict. */
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
  if (name === QUANTITY) return QUANTITY_SCHEMA;
  if (name === INT_OR_STRING) return { 'x-kubernetes-int-or-string': true };
  if (name !== null) return structural(referred(schemas, name), schemas, mapKeys);
  const { properties, additionalProperties, items } = node;
  const isOpen =
    properties === undefined && additionalProperties === undefined && (node['type'] ?? 'object') === 'object';
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

/** The items of a list can only be distinguished by a key that always exists: required, or with a default. */
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
