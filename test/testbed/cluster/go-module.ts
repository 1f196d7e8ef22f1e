/** The files of a Go module that one of the pinned programs is built against. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { buildEnvironment } from './go-build.ts';

const run = promisify(execFile);

/** Its folder in the module cache; Go fetches the module where it is not there yet. `pinnedBy`: a folder below go/. */
export async function moduleFolder(module: string, pinnedBy: string): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', module], {
    cwd: join(import.meta.dirname, 'go', pinnedBy),
    env: buildEnvironment(process.env),
  });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}
