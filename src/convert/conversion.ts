/** What comes of one input object. */
import type { z } from 'zod';
import { decide, note, type Comment, type Sheet } from './draft.ts';
import { findingsIn, type Finding } from './fates.ts';
import { titleOf, type InputObject } from './input.ts';

/** Something without a counterpart. Nothing is printed while there is one. */
export interface Refusal {
  /** Such as `Canary echoserver`. */
  readonly object: string;
  /** Empty for the whole object. */
  readonly path: string;
  readonly why: string;
}

export interface Converted {
  readonly sheets: readonly Sheet[];
  readonly refusals: readonly Refusal[];
}

export interface ConvertOptions {
  /** The Rollout has the template of the Deployment, instead of referring to it. */
  readonly copyTemplate: boolean;
}

/** Collects refusals while one object is converted. */
export class Refusals {
  readonly list: Refusal[] = [];
  readonly #object: string;

  constructor(object: InputObject) {
    this.#object = titleOf(object);
  }

  add(path: string, why: string): void {
    this.list.push({ object: this.#object, path, why });
  }
}

/** The spec as its schema describes it, with comments on fields that are not translated; `null` if it does not fit. */
export function readSpec<T extends z.ZodType>(
  schema: T,
  object: InputObject,
  refusals: Refusals,
): { readonly spec: z.infer<T>; readonly comments: readonly Comment[] } | null {
  const raw = object.spec ?? {};
  const parsed = schema.safeParse(raw);
  const findings = findingsIn(schema, raw, 'spec');
  for (const { kind, path, why } of findings) if (kind === 'refused') refusals.add(path, why);
  for (const { path, message } of parsed.error?.issues ?? []) refusals.add(['spec', ...path].join('.'), message);
  if (!parsed.success) return null;
  return { spec: parsed.data, comments: findings.flatMap(commentsOf) };
}

function commentsOf({ kind, path, why }: Finding): readonly Comment[] {
  const text = `${path}: ${why}.`;
  return kind === 'refused' ? [] : [kind === 'decide' ? decide(text) : note(text)];
}
