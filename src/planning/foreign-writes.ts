/** The writes of a course on objects that people made, or that lead requests: Services, Ingresses, routes and the Deployment that is replaced. */
import { fieldChanges, type FieldChange } from '../kube/field-changes.ts';
import type { KubeObject } from '../kube/objects.ts';
import { controllerOf } from '../kube/owners.ts';
import { DEPLOYMENTS, EXPERIMENTS, INGRESSES, SERVICES, SHARED_WITH_PEOPLE } from '../kube/resources.ts';
import type { MadeWrite } from './look.ts';
import type { Stage } from './stages.ts';

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

const SHOWN = [SERVICES, INGRESSES, ...SHARED_WITH_PEOPLE, DEPLOYMENTS].map(({ plural }) => plural);

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
  const changes = before === undefined || after === undefined ? [] : fieldChanges(before, after);
  const { kind } = write.resource;
  return [{ kind, name: write.name, act, why: write.why, changes, earliestMs, stage }];
}

function isOfExperiment(object: KubeObject): boolean {
  return controllerOf(object)?.kind === EXPERIMENTS.kind;
}
