/** The documents that a conversion reads, as a set in which objects find each other. */
import { z } from 'zod';
import type { JsonObject } from '../kube/json.ts';

export interface InputObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: JsonObject;
}

const inputObject = z.object({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.exactOptional(z.string()),
    labels: z.exactOptional(z.record(z.string(), z.string())),
    annotations: z.exactOptional(z.record(z.string(), z.string())),
  }),
});

/** The object, or the objects of a List; a sentence if it is none. Empty documents are none as well. */
export function inputObjectsOf(document: unknown): readonly InputObject[] | { readonly problem: string } {
  if (document === null || document === undefined) return [];
  const { kind, items } = document as { readonly kind?: unknown; readonly items?: unknown };
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const read = items.map(inputObjectsOf);
    return read.find((one) => 'problem' in one) ?? (read as InputObject[][]).flat();
  }
  const issue = inputObject.safeParse(document).error?.issues[0];
  if (issue === undefined) return [document as InputObject];
  return { problem: `not a Kubernetes object: ${issue.path.join('.')}: ${issue.message}` };
}

/** Group and kind, without the version: `apps/Deployment`, `Service`. */
export function typeOf({ apiVersion, kind }: Pick<InputObject, 'apiVersion' | 'kind'>): string {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [];
  return group === '' ? kind : `${group}/${kind}`;
}

/** As people name it: `Canary echoserver`. */
export function titleOf({ kind, metadata }: InputObject): string {
  return `${kind} ${metadata.name}`;
}

export class InputSet {
  readonly objects: readonly InputObject[];
  readonly #used = new Set<InputObject>();

  constructor(objects: readonly InputObject[]) {
    this.objects = objects;
  }

  /** Those of a type in a namespace; none at all is a namespace of its own. */
  ofType(type: string, namespace: string | undefined): readonly InputObject[] {
    return this.objects.filter((one) => typeOf(one) === type && one.metadata.namespace === namespace);
  }

  /** Finds the object, and remembers that it was of use. */
  take(type: string, name: string, namespace: string | undefined): InputObject | undefined {
    const found = this.ofType(type, namespace).find(({ metadata }) => metadata.name === name);
    if (found !== undefined) this.use(found);
    return found;
  }

  use(object: InputObject): void {
    this.#used.add(object);
  }

  isUsed(object: InputObject): boolean {
    return this.#used.has(object);
  }
}
