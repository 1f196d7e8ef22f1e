/** The texts that a lint reads: files, folders, what comes through a pipe, and what kustomize makes of a folder. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CommandError } from '../errors.ts';
import { filesOf } from '../manifest-files.ts';
import type { Terminal } from '../terminal.ts';
import type { LintedText } from './lint.ts';

export interface SourceNames {
  /** Files and folders; `-` is what comes through the pipe. */
  readonly files: readonly string[];
  /** Folders for kustomize. */
  readonly kustomizations: readonly string[];
  /** Folders inside the folders as well. */
  readonly recursive: boolean;
}

/** Throws a CommandError for what cannot be read. */
export async function readSources(names: SourceNames, terminal: Terminal): Promise<readonly LintedText[]> {
  const texts: LintedText[] = [];
  for (const name of names.files) {
    if (name === '-') texts.push({ file: '<stdin>', text: await terminal.readStdin() });
    else for (const file of await filesNamed(name, names.recursive)) texts.push({ file, text: await readText(file) });
  }
  for (const folder of names.kustomizations) {
    texts.push({ file: `<kustomize ${folder}>`, text: await kustomized(folder, terminal) });
  }
  return texts;
}

function filesNamed(name: string, recursive: boolean): Promise<readonly string[]> {
  return filesOf(name, recursive).catch((error: unknown) => cannotRead(name, error));
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => cannotRead(file, error));
}

function cannotRead(name: string, error: unknown): never {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why = { ENOENT: 'there is no such file or folder', EACCES: 'it may not be read' }[code] ?? message;
  throw new CommandError(`${name} cannot be read: ${why}`, { cause: error });
}

/** Enough for what a cluster accepts. */
const LONGEST_OUTPUT = 256 * 1024 * 1024;

async function kustomized(folder: string, { env }: Terminal): Promise<string> {
  try {
    const options = { env: { ...env }, maxBuffer: LONGEST_OUTPUT };
    return (await promisify(execFile)('kubectl', ['kustomize', folder], options)).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT')
      throw new CommandError(
        '-k needs kubectl, which is not on the PATH. With kustomize: kustomize build FOLDER, and lint -f - behind a pipe.',
        { cause: error },
      );
    throw new CommandError(`kubectl kustomize ${folder} failed: ${stderr.trim()}`, { cause: error });
  }
}
