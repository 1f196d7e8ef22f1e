/**
 * Objects and plans without what may be secret in them. What is equal stays equal, so that the same decision follows from
 * them; the tables say which fields are replaced, wherever in an object they stand.
 */
import { isJsonObject, type Json, type JsonObject } from '../kube/json.ts';
import type { Digest } from './digest.ts';
import { redactedAnnotations } from './redacted-annotations.ts';
import { isPlain, opaque, redactedUrl, redactedWords, withoutCredentials } from './redacted-text.ts';

type Rule = (value: Json) => Json;

export class Redactor {
  readonly #digest: Digest;
  /** Values of arguments that stay: names, labels and hashes, which decisions compare with others. */
  readonly #public = new Set<string>();
  /** What has been replaced, in quotes: messages about a mistake quote the value. */
  readonly #quoted = new Map<string, string>();
  readonly #rules: ReadonlyMap<string, Rule>;

  constructor(digest: Digest) {
    this.#digest = digest;
    const strings: Rule = (value) => this.#strings(value);
    const annotations: Rule = (value) => (isJsonObject(value) ? this.#annotations(value) : this.#walk(value));
    const values: Rule = (value) => mapItems(value, (one) => this.#withOpaqueValue(one));
    const url: Rule = (value) => (typeof value === 'string' ? this.#url(value) : this.#walk(value));
    const asIs: Rule = (value) => value;
    this.#rules = new Map<string, Rule>([
      // Containers, of pods and of Jobs.
      ['env', values],
      ['args', (value) => mapItems(value, (one) => this.#argument(one))],
      ['command', (value) => (Array.isArray(value) ? this.#strings(value) : this.#walk(value))],
      ['httpHeaders', values],
      ['volumeAttributes', strings],
      ['options', (value) => (isJsonObject(value) ? this.#strings(value) : this.#walk(value))],
      // Metric providers.
      ['headers', values],
      ['authentication', strings],
      // Of a request a text; a write has an object there.
      ['body', (value) => (typeof value === 'string' ? this.#strings(value) : this.#walk(value))],
      ['jsonBody', strings],
      ['plugin', strings],
      ['plugins', strings],
      ['url', url],
      ['address', url],
      // What has been measured.
      ['measurements', (value) => mapItems(value, (one) => this.#measurement(one))],
      // Ingresses, and what a Rollout says of them.
      ['annotations', annotations],
      ['additionalIngressAnnotations', annotations],
      ['canaryIngressAnnotations', annotations],
      ['headerValue', (value) => this.#headerMatch(value)],
      ['message', (value) => (typeof value === 'string' ? this.#message(value) : this.#walk(value))],
      // Never secret, and with keys that people choose.
      ['labels', asIs],
      ['matchLabels', asIs],
      ['nodeSelector', asIs],
      ['selector', asIs],
      ['managedFields', asIs],
    ]);
  }

  /** From now on arguments of these values stay as they are. */
  publish(values: Iterable<string>): void {
    for (const value of values) this.#public.add(value);
  }

  redacted<T>(value: T): T {
    return this.#walk(value as Json) as T;
  }

  #walk(value: Json): Json {
    if (typeof value === 'string') return withoutCredentials(value, this.#digest);
    if (Array.isArray(value)) return value.map((item: Json) => this.#walk(item));
    if (!isJsonObject(value)) return value;
    // Messages of the status quote values of the spec.
    const entries = Object.entries(value).toSorted(([a], [b]) => Number(a === 'status') - Number(b === 'status'));
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        item === undefined ? item : (this.#rules.get(key) ?? this.#walk.bind(this))(item),
      ]),
    );
  }

  /** Every text in it, but no key. */
  #strings(value: Json): Json {
    if (typeof value === 'string') return this.#opaque(value);
    if (Array.isArray(value)) return value.map((item: Json) => this.#strings(item));
    return isJsonObject(value) ? mapped(value, (item) => this.#strings(item)) : value;
  }

  #withOpaqueValue(item: Json): Json {
    if (!isJsonObject(item)) return this.#strings(item);
    const walked = this.#walk(item) as JsonObject;
    return typeof item['value'] === 'string' ? { ...walked, value: this.#opaque(item['value']) } : walked;
  }

  /** Of a container, where it is a text, or of an analysis. */
  #argument(item: Json): Json {
    if (!isJsonObject(item)) return this.#strings(item);
    const walked = this.#walk(item) as JsonObject;
    const { value } = item;
    if (typeof value !== 'string' || isPlain(value) || this.#public.has(value)) return walked;
    return { ...walked, value: this.#opaque(value) };
  }

  #measurement(item: Json): Json {
    if (!isJsonObject(item)) return item;
    return mapped(item, (value, key) => (key === 'phase' || isTime(value) ? value : this.#measured(value)));
  }

  #measured(value: Json): Json {
    if (typeof value === 'string') return MEASURED.test(value) ? value : this.#opaque(value);
    return isJsonObject(value) ? mapped(value, (item, key) => (key === JOB ? item : this.#measured(item))) : value;
  }

  #annotations(value: JsonObject): JsonObject {
    return redactedAnnotations(value, { opaque: (text) => this.#opaque(text), header: (text) => this.#header(text) });
  }

  #headerMatch(value: Json): Json {
    return isJsonObject(value)
      ? mapped(value, (item) => (typeof item === 'string' ? this.#header(item) : item))
      : value;
  }

  #opaque(text: string): string {
    return this.#remembered(text, opaque(text, this.#digest));
  }

  #url(text: string): string {
    return this.#remembered(text, redactedUrl(text, this.#digest));
  }

  #header(text: string): string {
    return this.#remembered(text, redactedWords(text, this.#digest));
  }

  /** Names stand in messages as well, for what they name. */
  #remembered(text: string, redacted: string): string {
    if (redacted !== text && text.length >= SHORTEST_SECRET && !this.#public.has(text) && !isPlain(text))
      this.#quoted.set(JSON.stringify(text), JSON.stringify(redacted));
    return redacted;
  }

  #message(text: string): string {
    let message = text;
    for (const [quoted, redacted] of this.#quoted) message = message.replaceAll(quoted, redacted);
    return withoutCredentials(message, this.#digest);
  }
}

/** A shorter one is found by trying. */
const SHORTEST_SECRET = 4;
/** Numbers, and lists of them. */
const MEASURED = /^(?:true|false|[\d.,eE+\-\s[\]]*)$/;
/** Where a measurement keeps the name of its Job. */
const JOB = 'job-name';

function isTime(value: Json | undefined): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
}

function mapItems(value: Json, change: (item: Json) => Json): Json {
  return Array.isArray(value) ? value.map((item: Json) => change(item)) : value;
}

function mapped(value: JsonObject, change: (item: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? item : change(item, key)]),
  );
}
