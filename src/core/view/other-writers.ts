/**
 * Who else has written what Serin writes: the API server records the last writer of every field. While two write one
 * field in turn, neither gets what it wants.
 */
import { FIELD_MANAGER } from '../../api/words/field-manager.ts';
import { LABELS } from '../../api/words/labels.ts';
import { namedServices } from '../../api/schema/named-services.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ROLLOUTS, SERVICES, REPLICA_SETS, type Resource } from '../../kube/resources.ts';
import { parseTime } from '../../kube/time.ts';
import type { Situation } from '../observed/situation.ts';
import { writtenFields } from '../traffic/routers.ts';

export interface OtherWriter {
  /** Such as `Service web`. */
  readonly object: string;
  /** Such as `spec.selector`. */
  readonly field: string;
  /** The name under which it writes: of a program, or of kubectl's command. */
  readonly manager: string;
  /** Milliseconds since the epoch; `null` when that is not recorded. */
  readonly at: number | null;
}

interface Entry {
  readonly manager?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

/** Of the objects that a view is made from, as the API server has them: a cache keeps no other writers. */
export function otherWriters(situation: Situation): readonly OtherWriter[] {
  const { rollout, name, world, all } = situation;
  const services = namedServices(rollout).flatMap((named) => world.services.get(named.name) ?? []);
  return [
    ...services.filter((one) => managerOf(one) === name).flatMap((one) => writersOf(SERVICES, one, SELECTOR)),
    ...all.flatMap((one) => writersOf(REPLICA_SETS, one, SIZE)),
    ...writtenFields(situation).flatMap(({ resource, object, path }) => writersOf(resource, object, path)),
  ];
}

const SELECTOR = ['spec', 'selector'];
const SIZE = ['spec', 'replicas'];

/** Who has set the size of a Rollout through its subresource, as an autoscaler does; `null` when a manifest has. */
export function sizeWriter({ rollout }: Situation): OtherWriter | null {
  const entry = entriesOf(rollout).find((one) => one.subresource === 'scale' && owns(one, SIZE));
  return entry === undefined ? null : writer(ROLLOUTS, rollout, SIZE, entry);
}

/** The last writer of a field that is ours. Where we have never written to the object, the field is not ours yet. */
function writersOf(resource: Resource, object: KubeObject, path: readonly string[]): readonly OtherWriter[] {
  const entries = entriesOf(object);
  const own = entries.filter(({ manager }) => manager === FIELD_MANAGER);
  if (own.length === 0 || own.some((entry) => owns(entry, path))) return [];
  return entries.filter((entry) => owns(entry, path)).map((entry) => writer(resource, object, path, entry));
}

function writer({ kind }: Resource, { metadata }: KubeObject, path: readonly string[], entry: Entry): OtherWriter {
  const [first = '', ...rest] = path;
  const field = rest.reduce((text, key) => (/[./]/.test(key) ? `${text}[${key}]` : `${text}.${key}`), first);
  const { manager = 'unknown', time } = entry;
  return { object: `${kind} ${metadata.name}`, field, manager, at: parseTime(time) };
}

/** A selector is written as a whole; a server may also record its keys one by one, and then the hash is ours. */
function owns({ fieldsV1 }: Entry, path: readonly string[]): boolean {
  const field = path.reduce<JsonObject | undefined>(
    (fields, key) => fields?.[`f:${key}`] as JsonObject | undefined,
    fieldsV1,
  );
  if (field === undefined) return false;
  return path !== SELECTOR || Object.keys(field).length === 0 || `f:${LABELS.podTemplateHash}` in field;
}

function entriesOf({ metadata }: KubeObject): readonly Entry[] {
  return (metadata as { readonly managedFields?: readonly Entry[] }).managedFields ?? [];
}
