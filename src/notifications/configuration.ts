/** What the ConfigMap of notifications says: templates, triggers and services by their names (specification, D). */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { JsonObject } from '../kube/json.ts';

export interface TriggerCondition {
  /** Without one, the trigger's event is enough. */
  readonly when?: string | undefined;
  readonly send?: readonly string[] | undefined;
  readonly oncePer?: string | undefined;
  readonly description?: string | undefined;
}

interface ServiceConfiguration {
  /** Such as `slack` or `webhook`. */
  readonly type: string;
  /** As it is written: `$key` stands for a value of the Secret. */
  readonly options: unknown;
}

export interface Configuration {
  /** Each with `message`, and a block for each service that gets more than that. */
  readonly templates: ReadonlyMap<string, JsonObject>;
  readonly triggers: ReadonlyMap<string, readonly TriggerCondition[]>;
  readonly services: ReadonlyMap<string, ServiceConfiguration>;
}

const BLOCKS = [
  'alertmanager',
  'awssqs',
  'email',
  'gcppubsub',
  'github',
  'googlechat',
  'mattermost',
  'newrelic',
  'opsgenie',
  'pagerduty',
  'pagerdutyv2',
  'rocketchat',
  'slack',
  'teams',
  'teams-workflows',
  'webhook',
];

const texts = z.array(z.string());
const template = z.strictObject({
  message: z.string().optional(),
  ...Object.fromEntries(BLOCKS.map((block) => [block, z.record(z.string(), z.json()).optional()])),
});
const trigger = z.array(
  z.strictObject({
    when: z.string().optional(),
    send: texts.optional(),
    oncePer: z.string().optional(),
    description: z.string().optional(),
  }),
);
const subscriptions = z.array(
  z.looseObject({ recipients: texts.optional(), triggers: texts.optional(), selector: z.string().optional() }),
);

/** The problem names the key of the ConfigMap. */
export function readConfiguration(
  data: Readonly<Record<string, string>>,
): { readonly configuration: Configuration } | { readonly problem: string } {
  const templates = new Map<string, JsonObject>();
  const triggers = new Map<string, readonly TriggerCondition[]>();
  const services = new Map<string, ServiceConfiguration>();
  try {
    for (const [key, text] of Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const [kind = '', ...rest] = key.split('.');
      const name = rest.join('.');
      if (key === 'subscriptions') read(key, text, subscriptions.nullable());
      else if (kind === 'defaultTriggers') read(key, text, texts.nullable());
      else if (name === '') continue;
      else if (kind === 'template') templates.set(name, read(key, text, template.nullable()) ?? {});
      else if (kind === 'trigger') triggers.set(name, read(key, text, trigger.nullable()) ?? []);
      else if (kind === 'service') {
        const [type = '', own = type, ...more] = rest;
        if (more.length > 0) throw new Unreadable(`${key}: expected service.TYPE or service.TYPE.NAME`);
        services.set(own, { type, options: read(key, text, z.json()) });
      }
    }
    return { configuration: { templates, triggers, services } };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

function read<T>(key: string, text: string, schema: z.ZodType<T>): T {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Unreadable(`${key} is no YAML: ${error.message}`);
  const parsed = schema.safeParse(document.toJS() ?? null);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  throw new Unreadable(`${key}${path === '' ? '' : `, at ${path}`}: ${issue?.message ?? 'it has another form'}`);
}
