/** The writes of a plan as what each of them changes in the objects of a world. */
import type { JsonObject } from '../kube/json.ts';
import { fieldChanges, type FieldChange } from '../kube/field-changes.ts';
import { deepEqual } from '../kube/merge-patch.ts';
import type { KubeObject } from '../kube/objects.ts';
import { patched } from '../kube/patched.ts';
import type { EventNote, Write } from '../kube/plan.ts';
import {
  ANALYSIS_RUNS,
  DEPLOYMENTS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  type Resource,
} from '../kube/resources.ts';
import type { RecordedPlan } from './format.ts';
import type { ReadWorld } from './read-world.ts';

export interface DecidedWrite {
  readonly act: 'create' | 'change' | 'delete' | 'evict';
  readonly kind: string;
  readonly name: string;
  /** The reason for the write. */
  readonly why: string;
  /** None for an object that is created or removed. */
  readonly changes: readonly FieldChange[];
  /** Sent once the write has succeeded. */
  readonly events: readonly EventNote[];
  /** The look before has decided the same: the controller had not made it, or it had not been seen yet. */
  readonly again: boolean;
}

const WRITTEN: readonly Resource[] = [
  ROLLOUTS,
  REPLICA_SETS,
  PODS,
  SERVICES,
  INGRESSES,
  DEPLOYMENTS,
  ANALYSIS_RUNS,
  EXPERIMENTS,
];

/** `before` are those of the look before. */
export function decidedWrites(
  { writes }: RecordedPlan,
  { world }: ReadWorld,
  before: readonly DecidedWrite[],
): readonly DecidedWrite[] {
  const objects = new Map<string, readonly KubeObject[]>([
    [ROLLOUTS.plural, [world.rollout]],
    [REPLICA_SETS.plural, world.replicaSets],
    [SERVICES.plural, [...world.services.values()]],
    [ANALYSIS_RUNS.plural, world.analysis.runs],
    [EXPERIMENTS.plural, world.experiments.own],
    ...[...world.routed].map(([plural, routed]) => [plural, [...routed.values()]] as const),
  ]);
  return writes.map((write) => {
    const { resource = '', name = '' } = write as { readonly resource?: string; readonly name?: string };
    const decided = decidedWrite(
      write,
      objects.get(resource)?.find(({ metadata }) => metadata.name === name),
    );
    return { ...decided, again: before.some((one) => isSame(one, decided)) };
  });
}

type RecordedWrite = Omit<Write, 'resource'> & { readonly resource: string } & {
  readonly body?: JsonObject;
  readonly patch?: JsonObject;
};

function decidedWrite(json: JsonObject, present: KubeObject | undefined): Omit<DecidedWrite, 'again'> {
  const { op, resource, name, why, events = [], body, patch } = json as object as RecordedWrite;
  const kind = WRITTEN.find(({ plural }) => plural === resource)?.kind ?? resource;
  const said = { kind, name, why, events };
  switch (op) {
    case 'create':
      return { ...said, act: 'create', changes: [] };
    case 'apply':
      return present === undefined
        ? { ...said, act: 'create', changes: [] }
        : { ...said, act: 'change', changes: changesBy(present, withoutVersion(body ?? {})) };
    case 'delete':
    case 'evict':
      return { ...said, act: op, changes: [] };
    case 'patch':
    case 'require':
      return { ...said, act: 'change', changes: changesBy(present, patch ?? {}) };
  }
}

function changesBy(present: KubeObject | undefined, patch: JsonObject): readonly FieldChange[] {
  const before = (present ?? {}) as object as JsonObject;
  return fieldChanges(before, patched(before, patch));
}

/** Of a body only what it says of the object counts. */
function withoutVersion({ apiVersion: _version, kind: _kind, ...body }: JsonObject): JsonObject {
  return body;
}

/** Times are those of the look, and differ in each. */
function isSame(one: DecidedWrite, other: Omit<DecidedWrite, 'again'>): boolean {
  return (
    one.act === other.act &&
    one.kind === other.kind &&
    one.name === other.name &&
    one.why === other.why &&
    deepEqual(lasting(one.changes), lasting(other.changes))
  );
}

const TIME = /^\d{4}-\d\d-\d\dT/;

function lasting(changes: readonly FieldChange[]): readonly FieldChange[] {
  return changes.filter(({ to }) => typeof to !== 'string' || !TIME.test(to));
}
