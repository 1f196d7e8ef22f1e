/** Makes a notification of a template: every text in it is a text/template, that of the message and of each block. */
import { toBytes } from '../core/analysis/expressions/go/byte-text.ts';
import { OBJECT } from '../core/analysis/expressions/go/go-type.ts';
import { mapFrom, type Value } from '../core/analysis/expressions/go/value.ts';
import type { Json, JsonObject } from '../kube/json.ts';
import { render } from './template/template.ts';

export interface Destination {
  readonly service: string;
  readonly recipient: string;
}

class Unrendered extends Error {}

/** Without the message if that is empty. The problem names the text that it is in. `now` in milliseconds since the epoch. */
export function renderNotification(
  template: JsonObject,
  variables: ReadonlyMap<string, Value>,
  { service, recipient }: Destination,
  now: number,
): { readonly notification: JsonObject } | { readonly problem: string } {
  const all = [...variables, ['serviceType', toBytes(service)] as const, ['recipient', toBytes(recipient)] as const];
  const data = mapFrom(
    OBJECT,
    all.map(([name, value]) => [name, value]),
  );
  const rendered = (value: Json, path: string): Json => {
    if (typeof value === 'string') {
      const outcome = render(value, data, now);
      if ('problem' in outcome) throw new Unrendered(`${path}: ${outcome.problem}`);
      return outcome.text;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: Json, index) => rendered(item, `${path}[${index}]`));
    const members = Object.entries(value as JsonObject);
    return Object.fromEntries(members.map(([name, one]) => [name, rendered(one ?? null, `${path}.${name}`)]));
  };
  try {
    const blocks = Object.entries(template).map(([name, block]) => [name, rendered(block ?? null, name)] as const);
    return { notification: Object.fromEntries(blocks.filter(([name, block]) => name !== 'message' || block !== '')) };
  } catch (error) {
    if (error instanceof Unrendered) return { problem: error.message };
    throw error;
  }
}
