/** The writes of a course on objects that people made, or that lead requests: Services, Ingresses, routes and the Deployment that is replaced. */
import { deepEqual } from '../kube/merge-patch.ts';
import type { Json, JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import { controllerOf } from '../kube/owners.ts';
import { DEPLOYMENTS, EXPERIMENTS, GRPC_ROUTES, HTTP_ROUTES, INGRESSES, SERVICES } from '../kube/resources.ts';
import type { MadeWrite } from './look.ts';
import type { Stage } from './stages.ts';

interface FieldChange {
  /** With dots between its keys; a key with dots of its own is in brackets. */
  readonly field: string;
  /** `null` when it is not there. */
  readonly from: Json;
  readonly to: Json;
}

export interface ForeignWrite {
  readonly kind: string;
  readonly name: string;
  readonly act: 'create' | 'change' | 'delete';
  /** The reason for the write. */
  readonly why: string;
  /** None for an object that is created or deleted. */
  readonly changes: readonly FieldChange[];
  /** In the fast course, milliseconds since the release began. */
  readonly earliestMs: number;
  /** See Stage. */
  readonly stage: string;
}

const SHOWN = [SERVICES, INGRESSES, HTTP_ROUTES, GRPC_ROUTES, DEPLOYMENTS].map(({ plural }) => plural as string);
/** What the API server keeps for itself. */
const HIDDEN: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
]);

export function foreignWrites(stages: readonly Stage[]): readonly ForeignWrite[] {
  const beganAt = stages[0]?.moments[0]?.at ?? 0;
  return stages.flatMap(({ key, moments }) =>
    moments.flatMap(({ made, at }) => made.flatMap((one) => writeOf(one, key, at - beganAt))),
  );
}

function writeOf({ write, before, after }: MadeWrite, stage: string, earliestMs: number): readonly ForeignWrite[] {
  const object = after ?? before;
  if (!SHOWN.includes(write.resource.plural) || (object !== undefined && isOfExperiment(object))) return [];
  const act = before === undefined ? 'create' : after === undefined ? 'delete' : 'change';
  const changes = before === undefined || after === undefined ? [] : differences(before, after);
  const { kind } = write.resource;
  return [{ kind, name: write.name, act, why: write.why, changes, earliestMs, stage }];
}

function isOfExperiment(object: KubeObject): boolean {
  return controllerOf(object)?.kind === EXPERIMENTS.kind;
}

function differences(before: KubeObject, after: KubeObject): readonly FieldChange[] {
  return between(before as object as JsonObject, after as object as JsonObject, '');
}

function between(before: JsonObject, after: JsonObject, path: string): readonly FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !HIDDEN.has(key));
  return keys.flatMap((key): readonly FieldChange[] => {
    const [from = null, to = null] = [before[key], after[key]];
    if (deepEqual(from, to)) return [];
    const field = fieldText(path, key);
    return isObject(from) || isObject(to)
      ? between(isObject(from) ? from : {}, isObject(to) ? to : {}, field)
      : [{ field, from, to }];
  });
}

function fieldText(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
