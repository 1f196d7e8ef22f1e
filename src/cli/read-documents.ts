/** Reads the documents of files, folders and stdin, as `-f` of kubectl names them. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { CommandError } from './errors.ts';
import { filesOf } from './manifest-files.ts';
import type { Terminal } from './terminal.ts';

export interface ReadDocument {
  /** As it was named; `stdin` for -. */
  readonly file: string;
  readonly value: unknown;
}

/** Of a folder: its own files that end in .yaml, .yml or .json, by name. Throws a CommandError for what cannot be read. */
export async function readDocuments(
  names: readonly string[],
  { readStdin }: Pick<Terminal, 'readStdin'>,
): Promise<readonly ReadDocument[]> {
  const files = (await Promise.all(names.map(filesNamed))).flat();
  const texts = await Promise.all(
    files.map(async (file) =>
      file === '-' ? { file: 'stdin', text: await readStdin() } : { file, text: await textOf(file) },
    ),
  );
  return texts.flatMap(({ file, text }) => documentsOf(file, text));
}

async function filesNamed(name: string): Promise<readonly string[]> {
  if (name === '-') return [name];
  try {
    return await filesOf(name);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** Throws a CommandError that says why it cannot be read. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** JSON is YAML as well. Throws a CommandError for what is neither. */
export function documentsOf(file: string, text: string): readonly ReadDocument[] {
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
