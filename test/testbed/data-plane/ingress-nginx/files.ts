/**
 * The files among which ingress-nginx runs: the template and the Lua of its module, the Lua libraries that it loads, and
 * nginx with its modules.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildEnvironment } from '../../cluster/go-build.ts';
import { unpackNginx } from './packages.ts';

const run = promisify(execFile);

const MODULE = 'k8s.io/ingress-nginx';
const PINNED_BY = join(import.meta.dirname, '..', '..', 'cluster', 'go', 'ingress-nginx');
/** This file. */
export const MAKER = import.meta.filename;
export const STAND_INS = join(import.meta.dirname, 'lua');

/** Inside there is nobody else. */
const AS_ROOT = 'user root;';
/** Where `enter.sh` puts the unpacked packages. */
const DEBIAN = '/opt/nginx';
export const NGINX_BINARY = `${DEBIAN}/usr/sbin/nginx`;
const MODULES = ['ndk_http', 'ngx_http_lua', 'ngx_http_set_misc', 'ngx_http_headers_more_filter', 'ngx_stream'];

const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const LIBRARIES = ['usr/lib', 'lib'].map((folder) => `${DEBIAN}/${folder}/${MACHINE}-linux-gnu`);

/** For the linker, which knows the folders of the machine alone. */
export function libraryPath(): string {
  return LIBRARIES.join(':');
}

/** What a ConfigMap must say so that nginx finds them. */
export function nginxSettings(): Readonly<Record<string, string>> {
  const loads = MODULES.map((name) => `load_module ${DEBIAN}/usr/lib/nginx/modules/${name}_module.so;`);
  return {
    'main-snippet': [AS_ROOT, ...loads].join('\n'),
    'http-snippet': `lua_package_cpath "${LIBRARIES[0]}/lua/5.1/?.so;;";`,
  };
}

/** `folder` holds etc/ and debian/ afterwards. Throws where nginx or the module cannot be had. */
export async function assembleFiles(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const debian = join(folder, 'debian');
  await mkdir(debian, { recursive: true });
  await unpackNginx(debian, env);
  const source = join(await moduleFolder(env), 'rootfs', 'etc', 'nginx');
  const nginx = join(folder, 'etc', 'nginx');
  await mkdir(join(nginx, 'template'), { recursive: true });
  const template = await readFile(join(source, 'template', 'nginx.tmpl'), 'utf8');
  await writeFile(join(nginx, 'template', 'nginx.tmpl'), adapted(template));
  // With this one nginx starts, before the controller has written its own.
  const first = await readFile(join(source, 'nginx.conf'), 'utf8');
  await writeFile(join(nginx, 'nginx.conf'), `${first}\n${AS_ROOT}\n`);
  // Only static files have types, and a proxy serves none.
  await writeFile(join(nginx, 'mime.types'), 'types { text/html html; }\n');
  const lua = join(nginx, 'lua');
  for (const from of [join(source, 'lua'), join(debian, 'usr', 'share', 'lua', '5.1'), STAND_INS])
    await copy(from, lua);
}

const STREAM = 'stream { server { listen 127.0.0.1:{{ .StreamPort }}; proxy_pass 127.0.0.1:{{ .StatusPort }}; } }';

/**
 * A stream server that passes on what the controller writes to it: nginx's Lua for streams, which the template uses
 * there, is in no package. And a log of the requests that failed, instead of all.
 */
function adapted(template: string): string {
  const stream = /^stream \{$.*?^\}$/ms;
  const log = 'map $request_uri $loggable {';
  if (!stream.test(template) || !template.includes(log)) throw new Error(`the template of ${MODULE} has changed`);
  return template.replace(stream, () => STREAM).replace(log, () => `map $status $loggable {\n        ~^[23] 0;`);
}

/** With rights of their own: what is in the module cache is read-only, folders as well. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-R', '--no-preserve=mode', `${from}/.`, to]);
}

/** In the module cache; Go fetches the module where it is not there yet. */
async function moduleFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', MODULE], {
    cwd: PINNED_BY,
    env: buildEnvironment(env),
  });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}
