/** All objects of one run together, as a world in which the controller's own checks look for what is referred to. */
import { z } from 'zod';
import type { Lookup } from '../../core/observed/lookup.ts';
import { lookupIn } from '../../core/observed/lookup.ts';
import type { Json } from '../../kube/json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  DEPLOYMENTS,
  DESTINATION_RULES,
  GRPC_ROUTES,
  HTTP_ROUTES,
  INGRESSES,
  isOfResource,
  POD_TEMPLATES,
  REPLICA_SETS,
  SERVICES,
  TRAEFIK_SERVICES,
  VIRTUAL_SERVICES,
  type Resource,
} from '../../kube/resources.ts';
import { isObject, type WrittenObject } from './documents.ts';

const labels = z.record(z.string(), z.string());
const template = z.looseObject({ metadata: z.looseObject({ labels: labels.optional() }).optional() });
const workload = z.looseObject({ spec: z.looseObject({ template }) });
const backend = z.looseObject({ service: z.looseObject({ name: z.string().optional() }).optional() });
const path = z.looseObject({ backend });
const rule = z.looseObject({ http: z.looseObject({ paths: z.array(path) }).optional() });

const divided = z.looseObject({ backendRefs: z.array(z.looseObject({ name: z.string() })).optional() });
const route = z.looseObject({ spec: z.looseObject({ rules: z.array(divided).optional() }).optional() });

const named = z.array(z.looseObject({ name: z.string(), weight: z.number().optional() }));
const list = z.looseObject({ services: named.optional() });
const weighted = z.looseObject({ spec: z.looseObject({ weighted: list.optional() }).optional() });

const destination = z.looseObject({ destination: z.looseObject({ host: z.string(), subset: z.string().optional() }) });
const httpRoute = z.looseObject({ name: z.string().optional(), route: z.array(destination).optional() });
const virtualService = z.looseObject({ spec: z.looseObject({ http: z.array(httpRoute).optional() }).optional() });
const subsets = z.array(z.looseObject({ name: z.string(), labels: labels.optional() }));
const destinationRule = z.looseObject({
  spec: z.looseObject({ host: z.string().optional(), subsets: subsets.optional() }).optional(),
});

/** What may be referred to, with the shape that a check counts on: the API server would store no other. */
const REFERRED: readonly (readonly [Resource, z.ZodType])[] = [
  [SERVICES, z.looseObject({ spec: z.looseObject({ selector: labels.optional() }) })],
  [INGRESSES, z.looseObject({ spec: z.looseObject({ rules: z.array(rule).optional() }).optional() })],
  [HTTP_ROUTES, route],
  [GRPC_ROUTES, route],
  [TRAEFIK_SERVICES, weighted],
  [VIRTUAL_SERVICES, virtualService],
  [DESTINATION_RULES, destinationRule],
  [ANALYSIS_TEMPLATES, z.unknown()],
  [CLUSTER_ANALYSIS_TEMPLATES, z.unknown()],
  [DEPLOYMENTS, workload],
  [REPLICA_SETS, workload],
  [POD_TEMPLATES, z.looseObject({ template: template.optional() })],
];

/** Of two objects with one name the last one counts, as when they are applied. */
export function lookupAmong(written: readonly WrittenObject[], defaultNamespace: string): Lookup {
  const lists = new Map<string, readonly KubeObject[]>();
  for (const [resource, shape] of REFERRED) {
    const objects = written.filter((one) => isOfResource(one, resource)).map((one) => asStored(one, defaultNamespace));
    const readable = objects.filter((one) => shape.safeParse(one).success);
    const isGlobal = resource === CLUSTER_ANALYSIS_TEMPLATES;
    lists.set(
      resource.plural,
      readable.toReversed().map((one) => (isGlobal ? withoutNamespace(one) : one)),
    );
  }
  return lookupIn(({ plural }) => lists.get(plural) ?? []);
}

/** As the API server would store it: with a namespace, an identity, and without what is null. */
export function asStored(
  { json, apiVersion, kind, name, namespace }: WrittenObject,
  defaultNamespace: string,
): KubeObject {
  const stored = withoutNulls(json) as unknown as KubeObject;
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      name,
      namespace: namespace === '' ? defaultNamespace : namespace,
      uid: `${apiVersion}/${kind}/${namespace}/${name}`,
      resourceVersion: '0',
    },
  };
}

function withoutNamespace(object: KubeObject): KubeObject {
  const { namespace: _none, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function withoutNulls(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(withoutNulls);
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, withoutNulls(value)]],
    ),
  );
}
