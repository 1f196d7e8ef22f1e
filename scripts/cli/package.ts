/**
 * The npm package of the command line: all that it needs is in its modules, so that it depends on no other package.
 * kubectl finds the programs by their names: two plugins, and for each the program that completes its words.
 */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { buildPages } from '../dashboard/pages.ts';
import { bundleModules } from './bundle.ts';

/** The file behind every name; the program knows by which one it was called. */
export const LAUNCHER = 'kubectl-serin.js';
const NAMES = ['kubectl-argo-rollouts', 'kubectl-serin', 'kubectl_complete-argo-rollouts', 'kubectl_complete-serin'];

/** Node keeps the compiled code, so that only the first start compiles it. */
const LAUNCHER_TEXT = `#!/usr/bin/env node
if (Number.parseInt(process.versions.node) < 26) {
  console.error(\`Error: kubectl-serin needs Node.js 26 or newer; this is \${process.version}\`);
  process.exit(1);
}
require('node:module').enableCompileCache();
require('./main.js');
`;

/** The folder of the package with the pages of the dashboard. */
const PAGES = 'dashboard';

/** `folder` holds the package afterwards, and nothing else. */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundleModules(folder);
  await writeFile(join(folder, LAUNCHER), LAUNCHER_TEXT);
  await chmod(join(folder, LAUNCHER), 0o755);
  const { version, license, engines } = manifest;
  const described = {
    name: 'kubectl-serin',
    version,
    description: 'kubectl argo rollouts, and kubectl serin: the command line of Serin',
    license,
    private: true,
    type: 'commonjs',
    bin: Object.fromEntries(NAMES.map((name) => [name, LAUNCHER])),
    engines,
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(described, null, 2)}\n`);
  await buildPages(join(folder, PAGES));
}
