/** Reads the objects of manifests: YAML or JSON, one document or several to a file. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../kube/json.ts';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** `-` stands for stdin. Documents without content are left out. */
export async function readManifests(file: string, { readStdin }: Terminal): Promise<readonly Manifest[]> {
  const documents = parseAllDocuments(await textOf(file, readStdin));
  return [...documents].flatMap((document, index) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new CommandError(`${file}: ${problem.message}`);
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    if (!isManifest(value)) throw new CommandError(`${file}: document ${index + 1} is no Kubernetes object`);
    return [value];
  });
}

async function textOf(file: string, readStdin: Terminal['readStdin']): Promise<string> {
  if (file === '-') return readStdin();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Readonly<Record<string, unknown>>;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null
  );
}
