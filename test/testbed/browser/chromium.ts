/**
 * Finds a Chromium for tests, in this order: what CHROMIUM_PATH names, one on the PATH, and the one that is packed into
 * @sparticuz/chromium, for Linux on x64. That one is unpacked once, into .cache, and needs nothing of the machine but
 * its C library.
 */
import bundled, { inflate } from '@sparticuz/chromium';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from 'playwright-core';
import { firstExecutable } from '../cluster/go-binaries.ts';
import { REPOSITORY } from '../cluster/repository.ts';

const CACHE = join(REPOSITORY, '.cache', 'chromium');
const PACKAGE = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome'];

/** What to launch; `null` where there is nothing to. */
export async function findChromium(): Promise<LaunchOptions | null> {
  const named = process.env.CHROMIUM_PATH ?? '';
  if (named !== '') return { executablePath: named };
  for (const name of INSTALLED) {
    const executablePath = await firstExecutable((process.env.PATH ?? '').split(delimiter), name);
    if (executablePath !== undefined) return { executablePath };
  }
  return process.platform === 'linux' && process.arch === 'x64' ? await launchOf(await unpacked()) : null;
}

/** It brings the libraries that a machine without a browser does not have, and a font. */
async function launchOf(folder: string): Promise<LaunchOptions> {
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: await fontsOf(folder),
    },
  };
}

/**
 * Names the folder as it is now: several checkouts may share what is unpacked, and one that is moved or removed would
 * leave the others without a font. It goes with this process.
 */
async function fontsOf(folder: string): Promise<string> {
  const own = await mkdtemp(join(tmpdir(), 'serin-fonts-'));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  const file = join(own, 'fonts.conf');
  const fonts = `<dir>${join(folder, 'fonts')}</dir><cachedir>${join(own, 'cache')}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?>\n<fontconfig>${fonts}</fontconfig>\n`);
  return file;
}

/** The folder that everything of this version is in. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { readonly version: string };
  const folder = join(CACHE, version);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(join(CACHE, 'unfinished-'));
  try {
    await unpackInto(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      // Somebody else was quicker, with the same.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** The package knows one place only: the folder for temporary files. */
async function unpackInto(folder: string): Promise<void> {
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await bundled.executablePath();
    await inflate(join(PACKAGE, 'bin', 'al2023.tar.br'));
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
}
