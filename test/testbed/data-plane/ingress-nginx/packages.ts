/**
 * nginx and the modules that ingress-nginx needs, from the machine's Debian archive: downloaded and unpacked into a
 * folder, and not installed. Lists and settings of the machine's apt stay as they are.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const PACKAGES = [
  'nginx',
  'libnginx-mod-http-ndk',
  'libnginx-mod-http-lua',
  'libnginx-mod-http-set-misc',
  'libnginx-mod-http-headers-more-filter',
  'libnginx-mod-stream',
  'libluajit2-5.1-2',
  'libpcre3',
  'lua-cjson',
  'lua-resty-core',
  'lua-resty-lrucache',
] as const;

/** An archive that does not answer must not hold up a suite. */
const TIMEOUT_MS = 180_000;

/** The packages are unpacked below `folder`. Throws, with what apt said, where this machine has no such archive. */
export async function unpackNginx(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const scratch = await mkdtemp(`${folder}.apt-`);
  try {
    const { lists, cache, status, downloads } = await layOut(scratch);
    const apt = (...args: readonly string[]): Promise<unknown> => {
      const settings = [
        `Dir::State::Lists=${lists}`,
        `Dir::State::status=${status}`,
        `Dir::Cache=${cache}`,
        // As root apt would download as a user who may not write here.
        'APT::Sandbox::User=root',
        'Acquire::Languages=none',
        'APT::Update::Error-Mode=any',
        'Acquire::Retries=2',
        'Acquire::http::Timeout=20',
      ];
      const options = settings.flatMap((setting) => ['-o', setting]);
      return run('apt-get', ['-qq', ...options, ...args], { cwd: downloads, env, timeout: TIMEOUT_MS });
    };
    await apt('update');
    await apt('download', ...PACKAGES);
    for (const file of await readdir(downloads)) await run('dpkg', ['-x', join(downloads, file), folder], { env });
  } catch (error) {
    throw new Error(`nginx cannot be had from this machine's Debian archive: ${wordsOf(error)}`, { cause: error });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function layOut(scratch: string): Promise<Record<'lists' | 'cache' | 'status' | 'downloads', string>> {
  const [lists, cache, status, downloads] = ['lists', 'cache', 'status', 'downloads'].map((name) =>
    join(scratch, name),
  ) as [string, string, string, string];
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  await mkdir(downloads);
  // Nothing counts as installed, which is all the same for a download.
  await writeFile(status, '');
  return { lists, cache, status, downloads };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr = '' } = error as { readonly stderr?: string };
  const [first = error.message] = stderr.split('\n').filter((line) => line.startsWith('E:'));
  return 'code' in error && error.code === 'ENOENT' ? 'there is no apt-get or dpkg' : first;
}
