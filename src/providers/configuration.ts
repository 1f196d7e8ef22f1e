/** The provider's own part of a metric, and what is common to reading it. Whatever is wrong is thrown as a sentence. */
import type { Metric } from '../core/analysis/provider.ts';
import { goDurationSeconds } from '../kube/duration.ts';

/** What a metric can be measured with. */
export type ProviderKey = keyof Metric['provider'];

type Configuration<Key extends ProviderKey> = NonNullable<Metric['provider'][Key]>;

export function configurationOf<Key extends ProviderKey>(metric: Metric, key: Key): Configuration<Key> {
  const configuration = metric.provider[key];
  if (configuration === undefined) throw new Error(`the metric has no provider ${key}`);
  return configuration;
}

/** The URL of a server. It may have a path, which the paths of its API are appended to. */
export function addressOf(address: string, problem: string): URL {
  const url = URL.parse(address);
  if (url === null || url.host === '') throw new Error(problem);
  return url;
}

/** The address with more of a path; its query is kept. */
export function below(address: URL, path: string): URL {
  const url = new URL(address);
  url.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}

/** Milliseconds of a duration, with their fraction. */
export function durationMs(text: string, field: string): number {
  const seconds = goDurationSeconds(text);
  if (seconds === null) throw new Error(`${field} is not a duration: "${text}"`);
  return seconds * 1000;
}

/** Milliseconds of a number of seconds; the default also for 0. */
export function timeoutMs(seconds: number | undefined, defaultSeconds: number, field: string): number {
  if (seconds !== undefined && seconds < 0) throw new Error(`${field} should not be negative`);
  return (seconds || defaultSeconds) * 1000;
}

/** Headers of a metric by lower-case name: the last of one name counts. */
export function headersOf(
  headers: readonly { readonly key: string; readonly value: string }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), value]));
}
