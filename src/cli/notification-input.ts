/** What the commands of notifications read: the ConfigMap, the Secret, and the Rollout that a notification is about. */
import { toBytes } from '../core/analysis/expressions/go/byte-text.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { JsonObject } from '../kube/json.ts';
import { CONFIG_MAPS, SECRETS, type Resource } from '../kube/resources.ts';
import { readConfiguration, type Configuration } from '../notifications/configuration.ts';
import { CONFIG_MAP, SECRET } from '../notifications/names.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { Call } from './command.ts';
import { CommandError, UsageError } from './errors.ts';
import { readManifests } from './manifests.ts';
import type { NOTIFICATION_OPTIONS } from './notification-options.ts';

export type NotificationCall = Pick<Call<typeof NOTIFICATION_OPTIONS>, 'options' | 'terminal' | 'cluster'>;

const NOTE =
  "Note: Serin's controller does not send notifications yet. The commands of notifications check their configuration.";

/** Values by key, as bytes. */
export type Secrets = Readonly<Record<string, string>>;

/** Says what these commands are good for, and reads the ConfigMap. Throws a CommandError for what cannot be read. */
export async function configurationOf(call: NotificationCall): Promise<Configuration> {
  const { options, terminal } = call;
  terminal.note(NOTE);
  if (options['config-map'] === '-' && options.secret === '-')
    throw new UsageError('only one of --config-map and --secret can be stdin');
  const object = await objectOf(call, options['config-map'], CONFIG_MAPS, CONFIG_MAP);
  const read = readConfiguration(stringsIn(object['data'], `the ConfigMap ${CONFIG_MAP}`));
  if ('problem' in read) throw new CommandError(`the ConfigMap ${CONFIG_MAP} cannot be used: ${read.problem}`);
  return read.configuration;
}

/** Read only by those who need it. Throws a CommandError for what cannot be read. */
export async function secretsOf(call: NotificationCall): Promise<Secrets> {
  const file = call.options.secret;
  if (file === ':empty') return {};
  const object = await objectOf(call, file, SECRETS, SECRET);
  const [encoded, clear] = [object['data'], object['stringData']].map((one) => stringsIn(one, `the Secret ${SECRET}`));
  const decoded = Object.entries(encoded ?? {}).map(([key, value]) => [key, decodedBytes(value)]);
  return { ...Object.fromEntries(decoded), ...mapped(clear ?? {}, toBytes) } as Secrets;
}

function decodedBytes(value: string): string {
  return Buffer.from(value, 'base64').toString('latin1');
}

function mapped(values: Secrets, change: (value: string) => string): Secrets {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

async function objectOf(call: NotificationCall, file: string, resource: Resource, name: string): Promise<JsonObject> {
  const { kind } = resource;
  if (file !== '') {
    const found = (await readManifests(file, call.terminal)).find(
      (one) => one.kind === kind && one.metadata['name'] === name,
    );
    if (found === undefined) throw new CommandError(`${file} has no ${kind} ${name}`);
    return found;
  }
  const { client, namespace } = await call.cluster();
  try {
    return jsonOf(await client.get(resource, { namespace, name }));
  } catch (error) {
    if (!isApiError(error, 'notFound')) throw error;
    const way = kind === 'Secret' ? '--secret FILE, or --secret :empty' : '--config-map FILE';
    const hint = `Name another namespace with -n, or give it with ${way}.`;
    throw new CommandError(`there is no ${kind} ${name} in the namespace ${namespace}. ${hint}`, { cause: error });
  }
}

/** What the API server sent is JSON. */
export function jsonOf(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

function stringsIn(value: unknown, what: string): Secrets {
  if (value === undefined || value === null) return {};
  const isMap = typeof value === 'object' && !Array.isArray(value);
  if (!isMap || !Object.values(value).every((one) => typeof one === 'string'))
    throw new CommandError(`${what} has values that are no texts`);
  return value as Secrets;
}

/** The template or trigger of this name. Throws a CommandError that says which there are. */
export function named<T>(all: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const there = all.size === 0 ? 'there are none' : `there are ${[...all.keys()].toSorted().join(', ')}`;
  throw new CommandError(`there is no ${what} '${name}': ${there}`);
}
