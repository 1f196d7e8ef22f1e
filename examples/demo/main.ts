/**
 * The demo: `npm run demo`. Builds what it needs, because nothing can be fetched inside a network namespace, and plays
 * in one; where that cannot be, it plays without requests and says why.
 */
import { findOrBuildBinaries } from '../../test/testbed/cluster/binaries.ts';
import { findNetworkNamespace, type NetworkNamespace } from '../../test/testbed/data-plane/network-namespace.ts';
import { findOrBuildProxy, PROXY_TITLES, type IngressProxyName } from '../../test/testbed/data-plane/proxies.ts';
import { exitCodeOf, explain } from './ending.ts';
import { playInside } from './inside.ts';
import { readManifests } from './manifests.ts';
import { readOptions, type DemoOptions } from './options.ts';
import { play } from './play.ts';
import { Progress } from './progress.ts';

/** Before a stage is set a signal just ends the process, and the reaper ends what was started. */
async function run(options: DemoOptions): Promise<number> {
  // A missing folder is reported before anything is built.
  await readManifests(options.examplesDir);
  const progress = new Progress(process.stdout);
  await progress.during('programs', 'etcd, Kubernetes and kubectl are built', (say) =>
    findOrBuildBinaries({ log: say }),
  );
  const namespace = await placeForTraffic(progress, options.proxy);
  if (namespace.possible) return playInside(namespace.prefix, options);
  process.stdout.write(`No requests are sent: ${namespace.reason.replaceAll(/\s+/g, ' ')}\n`);
  await play(options, null);
  return 0;
}

/** A namespace, and a proxy for it. */
async function placeForTraffic(progress: Progress, proxy: IngressProxyName): Promise<NetworkNamespace> {
  const namespace = await findNetworkNamespace();
  if (!namespace.possible) return namespace;
  try {
    await progress.during('proxy', `${PROXY_TITLES[proxy]} is built`, (say) => findOrBuildProxy(proxy, { log: say }));
    return namespace;
  } catch (error) {
    return { possible: false, reason: explain(error) };
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if ('print' in options) process.stdout.write(options.print);
  else process.exitCode = await run(options);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
