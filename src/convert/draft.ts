/** What a conversion writes: plain values, any of them with comments. */
import type { Json, JsonObject } from '../kube/json.ts';

export interface Comment {
  /** Whether a person must decide something here. */
  readonly decide: boolean;
  readonly text: string;
}

/** A value with comments in front of it. */
class Noted {
  readonly value: Draft;
  readonly comments: readonly Comment[];

  constructor(value: Draft, comments: readonly Comment[]) {
    this.value = value;
    this.comments = comments;
  }
}

export type Draft = null | boolean | number | string | Noted | readonly Draft[] | DraftObject;

/** Keys whose value is `undefined` are left out. */
export interface DraftObject {
  readonly [key: string]: Draft | undefined;
}

/** One object to print. */
export interface Sheet {
  readonly object: SheetObject;
  readonly comments: readonly PlacedComment[];
}

interface SheetObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
}

export interface PlacedComment extends Comment {
  /** Of the value that it is about; empty for the whole object. */
  readonly path: readonly (string | number)[];
}

export function note(text: string): Comment {
  return { decide: false, text };
}

export function decide(text: string): Comment {
  return { decide: true, text };
}

/** `value` itself when there are no comments. */
export function noted(value: Draft, ...comments: readonly (Comment | null)[]): Draft {
  const some = comments.filter((one) => one !== null);
  return some.length === 0 ? value : new Noted(value, some);
}

/** `draft` must be that of an object with apiVersion, kind and metadata. */
export function sheetOf(draft: Draft): Sheet {
  const comments: PlacedComment[] = [];
  const object = plain(draft, [], comments);
  return { object: object as SheetObject, comments };
}

function plain(draft: Draft, path: readonly (string | number)[], comments: PlacedComment[]): Json {
  if (draft instanceof Noted) {
    comments.push(...draft.comments.map((one) => ({ ...one, path })));
    return plain(draft.value, path, comments);
  }
  if (Array.isArray(draft)) {
    return (draft as readonly Draft[]).map((item, index) => plain(item, [...path, index], comments));
  }
  if (draft === null || typeof draft !== 'object') return draft;
  const entries = Object.entries(draft).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, plain(value, [...path, key], comments)]],
  );
  return Object.fromEntries(entries) as JsonObject;
}
