/** Reads the documents of files, folders and stdin, as `-f` of kubectl names them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

export interface ReadDocument {
  /** As it was named; `stdin` for -. */
  readonly file: string;
  readonly value: unknown;
}

const MANIFEST = /\.(?:ya?ml|json)$/;

/** Of a folder: its own files that end in .yaml, .yml or .json, by name. Throws a CommandError for what cannot be read. */
export async function readDocuments(
  names: readonly string[],
  { readStdin }: Pick<Terminal, 'readStdin'>,
): Promise<readonly ReadDocument[]> {
  const files = (await Promise.all(names.map(filesOf))).flat();
  const texts = await Promise.all(
    files.map(async (file) =>
      file === '-' ? { file: 'stdin', text: await readStdin() } : { file, text: await textOf(file) },
    ),
  );
  return texts.flatMap(({ file, text }) => documentsOf(file, text));
}

async function filesOf(name: string): Promise<readonly string[]> {
  if (name === '-') return ['-'];
  try {
    if (!(await stat(name)).isDirectory()) return [name];
    const entries = await readdir(name, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && MANIFEST.test(entry.name));
    return files.map((entry) => join(name, entry.name)).toSorted();
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** JSON is YAML as well. */
function documentsOf(file: string, text: string): readonly ReadDocument[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new CommandError(`${file}: ${error.message}`, { cause: error });
    return { file, value: document.toJS() as unknown };
  });
}

function unreadable(name: string, error: unknown): CommandError {
  return new CommandError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
