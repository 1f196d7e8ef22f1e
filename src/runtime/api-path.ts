/**
 * The paths and query parameters of the Kubernetes API, and the names of requests in errors and metrics.
 */
import type { Resource } from '../kube/resources.ts';
import type { Attempt } from './api-error.ts';

export type Verb = 'Get' | 'List' | 'Watch' | 'Create' | 'Patch' | 'Delete' | 'Evict';

export interface Target {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly path: string;
  readonly attempt: Attempt;
  readonly namespace: string;
  /** `N/A` where a name would add a series for every object that ever existed (spec 9.2). */
  readonly metricName: string;
}

const NAMELESS_IN_METRICS = new Set(['events', 'jobs', 'pods', 'replicasets']);

export function targetOf(
  verb: Verb,
  resource: Resource,
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
  subresource?: string,
): Target {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  const shown = name === undefined ? (namespace ?? 'of all namespaces') : [namespace, name].filter(Boolean).join('/');
  return {
    verb,
    resource,
    path: `${root}${scope}/${resource.plural}${object}${part}`,
    attempt: `${verb.toLowerCase()} ${resource.plural}${part} ${shown}`,
    namespace: namespace ?? '',
    metricName: name === undefined || NAMELESS_IN_METRICS.has(resource.plural) ? 'N/A' : name,
  };
}

export function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** Which objects of a resource are asked for. */
export function selectionQuery(selection: {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}): URLSearchParams {
  const query = new URLSearchParams();
  if (selection.labelSelector !== undefined) query.set('labelSelector', selection.labelSelector);
  if (selection.fieldSelector !== undefined) query.set('fieldSelector', selection.fieldSelector);
  return query;
}

export function acceptOf(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList', metadataOnly = false): string {
  return metadataOnly ? `application/json;as=${kind};g=meta.k8s.io;v=v1` : 'application/json';
}

/** Where an object is created: the list that it will be in. */
export function creationPath(
  resource: Resource,
  { namespace }: { readonly namespace?: string },
  query: Readonly<Record<string, string>>,
): string {
  const { path } = targetOf('List', resource, namespace === undefined ? {} : { namespace });
  return withQuery(path, new URLSearchParams(query));
}
