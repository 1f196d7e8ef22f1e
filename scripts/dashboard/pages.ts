/**
 * The pages of the dashboard as static files: `index.html`, and what it needs in `assets`, under names that change with
 * the content, so that a browser may keep them for good.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const SOURCE = resolve(import.meta.dirname, '../../src/dashboard/page');

/** Of all scripts together, as gzip sends them. */
export const LIMIT_BYTES = 150_000;

export interface BuiltFile {
  /** Below the folder. */
  readonly name: string;
  readonly content: Buffer;
}

/** `folder` is made where it is missing. */
export async function buildPages(folder: string): Promise<readonly BuiltFile[]> {
  const icon = asset('icon.svg', await readFile(join(SOURCE, 'icon.svg')));
  const styles = asset('page.css', Buffer.from(await styleSheet(join(SOURCE, 'page.css'))));
  const scripts = await bundledScripts();
  const [main] = scripts;
  if (main === undefined) throw new Error('The bundler has made no script');
  const page = (await readFile(join(SOURCE, 'index.html'), 'utf8'))
    .replace('href="icon.svg"', `href="${icon.name}"`)
    .replace('href="page.css"', `href="${styles.name}"`)
    .replace('src="main.tsx"', `src="${main.name}"`);
  const files = [{ name: 'index.html', content: Buffer.from(page) }, icon, styles, ...scripts];
  for (const { name, content } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return files;
}

export function scriptSize(files: readonly BuiltFile[]): number {
  return files.filter(({ name }) => name.endsWith('.js')).reduce((sum, { content }) => sum + gzipSize(content), 0);
}

export function gzipSize(content: Buffer): number {
  return gzipSync(content, { level: 9 }).length;
}

/** The entry first. */
async function bundledScripts(): Promise<readonly BuiltFile[]> {
  const build = await rolldown({
    input: join(SOURCE, 'main.tsx'),
    platform: 'browser',
    tsconfig: join(SOURCE, 'tsconfig.json'),
  });
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    entryFileNames: 'assets/[name]-[hash].js',
    chunkFileNames: 'assets/[name]-[hash].js',
  });
  await build.close();
  return output.flatMap((one) =>
    one.type === 'chunk' ? [{ name: one.fileName, content: Buffer.from(one.code) }] : [],
  );
}

function asset(name: string, content: Buffer): BuiltFile {
  const ending = extname(name);
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 8);
  return { name: `assets/${name.slice(0, -ending.length)}-${hash}${ending}`, content };
}

const IMPORT = /@import '(\.\/[^']+)';\n/g;

/** With what it imports in its place. */
async function styleSheet(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const parts = [...text.matchAll(IMPORT)].map(([, name = '']) => readFile(join(dirname(path), name), 'utf8'));
  const imported = await Promise.all(parts);
  return text.replace(IMPORT, () => imported.shift() ?? '');
}
