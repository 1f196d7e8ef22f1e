/**
 * Who else has written what Serin writes: the API server records the last writer of every field. While two write one
 * field in turn, neither gets what it wants.
 */
import { events as told } from '../../api/events.ts';
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
  /** How often Serin had to write it again, as far as its events tell; 0 when they tell nothing. */
  readonly repeated: number;
}

/** An Event of the core API, as far as it is read. */
export interface ReportedEvent extends KubeObject {
  readonly involvedObject?: { readonly uid?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
  /** Which of these times there is depends on the API by which it was written. */
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

interface Entry {
  readonly manager?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

/** Of the objects that a view is made from, as the API server has them: a cache keeps no other writers. */
export function otherWriters(situation: Situation, events: readonly ReportedEvent[]): readonly OtherWriter[] {
  const { rollout, name, world, all } = situation;
  const services = namedServices(rollout)
    .flatMap((named) => world.services.get(named.name) ?? [])
    .filter((one) => managerOf(one) === name);
  return [
    ...services.flatMap((one) => selectorWriters(one, timesEmptied(one, rollout.metadata.uid, events))),
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

/** Serin puts a selector right within moments, so that mostly only its events show that another writer takes it back. */
function selectorWriters(service: KubeObject, repeated: number): readonly OtherWriter[] {
  const last = writersOf(SERVICES, service, SELECTOR);
  if (last.length > 0 || repeated === 0) return last.map((one) => ({ ...one, repeated }));
  const others = entriesOf(service).filter((one) => one.manager !== FIELD_MANAGER && one.subresource === undefined);
  const [latest = {}] = others.toSorted((a, b) => (parseTime(b.time) ?? 0) - (parseTime(a.time) ?? 0));
  return [{ ...writer(SERVICES, service, SELECTOR, latest), repeated }];
}

/** How often the revision was gone from the selector, after Serin had written it for the first time. */
function timesEmptied({ metadata }: KubeObject, rolloutUid: string, events: readonly ReportedEvent[]): number {
  const { reason, message } = told.serviceSwitched(metadata.name, '', '');
  const start = message.slice(0, -"''".length);
  const times = events
    .filter((one) => one.involvedObject?.uid === rolloutUid && one.reason === reason)
    .filter((one) => one.message?.startsWith(start) === true)
    .reduce((sum, { count = 1 }) => sum + count, 0);
  return Math.max(0, times - 1);
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
  return { object: `${kind} ${metadata.name}`, field, manager, at: parseTime(time), repeated: 0 };
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
