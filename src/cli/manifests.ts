/** Reads the objects of manifests: YAML or JSON, one document or several to a file. */
import type { JsonObject } from '../kube/json.ts';
import { CommandError } from './errors.ts';
import { documentsOf, textOf } from './read-documents.ts';
import type { Terminal } from './terminal.ts';

export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** `-` stands for stdin. Documents without content are left out. */
export async function readManifests(file: string, { readStdin }: Terminal): Promise<readonly Manifest[]> {
  const text = file === '-' ? await readStdin() : await textOf(file);
  return documentsOf(file, text).flatMap(({ value }, index) => {
    if (value === null || value === undefined) return [];
    if (!isManifest(value)) throw new CommandError(`${file}: document ${index + 1} is no Kubernetes object`);
    return [value];
  });
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Readonly<Record<string, unknown>>;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null
  );
}
