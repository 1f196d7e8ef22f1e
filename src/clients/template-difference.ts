/** Pod templates as YAML, and the difference of two of them as a unified diff, for people at a command line or a page. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { stringify } from 'yaml';
import type { PodTemplate } from '../kube/objects.ts';
import { withDefaults } from '../kube/template-defaults.ts';

/** A template and what people call it, such as `revision 3`. */
export interface NamedTemplate {
  readonly name: string;
  readonly template: PodTemplate;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/**
 * '' when both mean the same. Both are compared with the defaults of the API server: a ReplicaSet has them and what a
 * person has written has not, so that each of them would be a difference that changes nothing.
 */
export function templateDifference(from: NamedTemplate, to: NamedTemplate): string {
  const [before, after] = [from, to].map(({ template }) => templateYaml(withoutEmpty(withDefaults(template))));
  if (before === undefined || after === undefined || before === after) return '';
  const options = { context: CONTEXT, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from.name, to.name, before, after, undefined, undefined, options);
}

/** Keys in the order of the alphabet, as kubectl prints them. */
export function templateYaml({ metadata, ...rest }: PodTemplate): string {
  const told = Object.entries(metadata ?? {}).filter(([, value]) => !isEmpty(value));
  const template = { ...(told.length === 0 ? {} : { metadata: Object.fromEntries(told) }), ...rest };
  return stringify(template, { lineWidth: 0, sortMapEntries: true });
}

/** An API server writes these even where they say nothing. */
const WRITTEN_EMPTY: ReadonlySet<string> = new Set(['resources', 'creationTimestamp']);

function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutEmpty(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => !WRITTEN_EMPTY.has(key) || !isEmpty(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutEmpty(item as unknown)])) as T;
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
