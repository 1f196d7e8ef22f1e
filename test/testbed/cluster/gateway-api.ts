/**
 * The Gateway API in a control plane: its own definitions, from the Go module that the pinned Traefik is built against.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { ControlPlane } from './control-plane.ts';
import { buildEnvironment } from './go-build.ts';
import { definitionsServed } from './install.ts';
import { REPOSITORY } from './repository.ts';

const run = promisify(execFile);

const MODULE = 'sigs.k8s.io/gateway-api';
const PINNED_BY = join(import.meta.dirname, 'go', 'traefik');
/** The folder holds one file that is no definition: a policy for upgrades. */
const DEFINITION = /^gateway\.networking\.k8s\.io_(?!vap_).*\.yaml$/;

/** The definitions of the standard channel are served when this resolves. */
export async function installGatewayApi(plane: ControlPlane): Promise<void> {
  const folder = join(await moduleFolder(), 'config', 'crd', 'standard');
  const files = (await readdir(folder)).filter((file) => DEFINITION.test(file));
  // The largest do not fit into the annotation that a client-side apply writes.
  await plane.mustKubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', join(folder, file)])]);
  await definitionsServed(plane);
}

/** Gives the controller the rights to routes, as an administrator does who installs it for the whole cluster. */
export async function grantGatewayApi(plane: ControlPlane): Promise<void> {
  const folder = await mkdtemp(join(plane.scratch, 'overlay-'));
  const path = relative(folder, join(REPOSITORY, 'deploy', 'components', 'gateway-api'));
  await writeFile(join(folder, 'kustomization.yaml'), `components: [${path}]\n`);
  await plane.mustKubectl(['apply', '-k', folder]);
}

/** In the module cache; Go fetches the module where it is not there yet. */
async function moduleFolder(): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', MODULE], {
    cwd: PINNED_BY,
    env: buildEnvironment(process.env),
  });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}
