/** The canary Service beside a stable one. */
import type { Json, JsonObject } from '../kube/json.ts';
import { decide, note, noted, sheetOf, type Comment, type Draft, type DraftObject, type Sheet } from './draft.ts';
import type { InputObject, InputSet } from './input.ts';
import { metadataLike } from './metadata.ts';

export interface CanaryService {
  /** The value of `canaryService`. */
  readonly name: Draft;
  /** Empty if the Service is there already, or cannot be known. */
  readonly sheets: readonly Sheet[];
}

/** What belongs to one Service alone: addresses, and ports of nodes and load balancers. */
const COPIED = ['selector', 'ports', 'sessionAffinity', 'sessionAffinityConfig', 'publishNotReadyAddresses'] as const;

export function canaryNameOf(stable: string): string {
  return `${stable}-canary`;
}

/** A copy of the stable Service, with another name. `comments` are for the name in the Rollout. */
export function canaryServiceBeside(
  set: InputSet,
  stable: string,
  namespace: string | undefined,
  comments: readonly Comment[] = [],
): CanaryService {
  const name = canaryNameOf(stable);
  const original = set.take('Service', stable, namespace);
  if (set.take('Service', name, namespace) !== undefined) return { name: noted(name, ...comments), sheets: [] };
  if (original !== undefined) return { name: noted(name, ...comments), sheets: [copyOf(original, name)] };
  const missing = decide(
    `The Service ${stable} is not among the documents: create ${name}, a copy of it with another name.`,
  );
  return { name: noted(name, ...comments, missing), sheets: [] };
}

function copyOf(stable: InputObject, name: string): Sheet {
  const spec = (stable.spec ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { annotations, ...metadata } = metadataLike(stable, name);
  const kept = Object.fromEntries(COPIED.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
  const headless = spec['clusterIP'] === 'None' ? { clusterIP: 'None' } : {};
  const ports = Array.isArray(spec['ports']) ? { ports: (spec['ports'] as JsonObject[]).map(withoutNodePort) } : {};
  const told = [
    note(`A copy of the Service ${stable.metadata.name}: the controller makes it select the new version.`),
    annotations === undefined ? null : note('The annotations are not copied: they may claim names or addresses.'),
  ];
  return sheetOf(
    noted(
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { ...kept, ...ports, ...headless } as DraftObject },
      ...told,
    ),
  );
}

function withoutNodePort(port: JsonObject): JsonObject {
  const { nodePort: _one, ...rest } = port;
  return rest;
}
