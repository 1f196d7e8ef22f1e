/** The pages as they were built: `index.html`, and files whose names change with their content. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { packedPages } from './packed-pages.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const COMPRESSED_ALREADY = ['.png', '.ico', '.woff2'];
/** Below it a header costs more than it saves. */
const SMALLEST_COMPRESSED_BYTES = 1024;
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

interface StaticFile {
  readonly type: string;
  readonly tag: string;
  /** Its name changes with its content. */
  readonly forGood: boolean;
  readonly plain: Buffer;
  readonly gzip: Buffer | null;
  readonly brotli: Buffer | null;
}

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Serin</title></head>
<body><p>The pages of the dashboard have not been built. Run: npm run build:dashboard</p></body></html>
`;

export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;
  readonly #index: StaticFile;

  private constructor(files: ReadonlyMap<string, StaticFile>, index: StaticFile) {
    this.#files = files;
    this.#index = index;
  }

  /**
   * Reads and compresses all of them; without a folder, those that are packed into this executable. `base` is the path
   * below which they are served; it ends in a slash.
   */
  static async load(folder: string, base: string): Promise<StaticFiles> {
    const contents = folder === '' ? (packedPages() ?? new Map<string, Buffer>()) : await filesIn(folder);
    const index = contents.get('index.html')?.toString('utf8') ?? NOT_BUILT;
    const files = [...contents].map(async ([path, plain]) => [path, await staticFile(path, plain)] as const);
    const page = await staticFile('index.html', Buffer.from(withBase(index, base)));
    return new StaticFiles(new Map(await Promise.all(files)), page);
  }

  /** Answers a GET or a HEAD. `path` is decoded and below the base; one that is not known is a place within the pages. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    const known = path === 'index.html' ? undefined : this.#files.get(path);
    if (path.split('/').includes('..') || (known === undefined && path.startsWith('assets/'))) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    send(known ?? this.#index, request, response);
  }
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = found
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  const read = paths.map(async (path) => [path.split(sep).join('/'), await readFile(join(folder, path))] as const);
  return new Map(await Promise.all(read));
}

function send(file: StaticFile, { headers, method }: IncomingMessage, response: ServerResponse): void {
  const [encoding, body] = chosen(file, headers['accept-encoding'] ?? '');
  response.setHeader('content-type', file.type);
  response.setHeader('cache-control', file.forGood ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('etag', file.tag);
  response.setHeader('vary', 'accept-encoding');
  if (headers['if-none-match'] === file.tag) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== null) response.setHeader('content-encoding', encoding);
  response.setHeader('content-length', body.length);
  response.writeHead(200).end(method === 'HEAD' ? undefined : body);
}

/** The best of those that the reader understands. */
function chosen({ plain, gzip: zipped, brotli }: StaticFile, accepted: string): readonly [string | null, Buffer] {
  const accepts = (coding: string): boolean =>
    new RegExp(`\\b${coding}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepted);
  if (brotli !== null && accepts('br')) return ['br', brotli];
  return zipped !== null && accepts('gzip') ? ['gzip', zipped] : [null, plain];
}

async function staticFile(path: string, plain: Buffer): Promise<StaticFile> {
  const extension = extname(path);
  const isSmall = plain.length < SMALLEST_COMPRESSED_BYTES || COMPRESSED_ALREADY.includes(extension);
  const [zipped, brotli] = isSmall
    ? [null, null]
    : await Promise.all([promisify(gzip)(plain, { level: 9 }), promisify(brotliCompress)(plain, BROTLI)]);
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    tag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    forGood: path.startsWith('assets/'),
    plain,
    gzip: zipped,
    brotli,
  };
}

/** The pages find their files and the API from their base, wherever in them a person begins. */
function withBase(html: string, base: string): string {
  const element = `<base href="${base}">`;
  return /<base\b[^>]*>/.test(html)
    ? html.replace(/<base\b[^>]*>/, element)
    : html.replace(/<head\b[^>]*>/, (head) => `${head}${element}`);
}
