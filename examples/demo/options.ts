/** The demo's command line. */
import { join } from 'node:path';
import { FlagError, flagHelp, parseFlags, type FlagTable } from '../../src/flags.ts';
import { REPOSITORY } from '../../test/testbed/cluster/repository.ts';
import { INGRESS_PROXY_NAMES, type IngressProxyName } from '../../test/testbed/data-plane/proxies.ts';

const FLAGS = {
  help: { kind: 'switch', default: false, help: 'print this and exit' },
  auto: {
    kind: 'switch',
    default: false,
    help: 'unattended: deploy, update and promote, update again, abort and heal, measure the shares, release a bad version that goes back by itself, then exit',
  },
  examples: {
    kind: 'text',
    default: '',
    help: 'folder of the four canary-demo manifests; default: examples/ of this repository',
  },
  proxy: {
    kind: 'text',
    default: 'traefik',
    help: `what the requests go through: ${INGRESS_PROXY_NAMES.join(' or ')}`,
  },
  limit: { kind: 'milliseconds', default: 300_000, help: 'with --auto: how long to wait for each event' },
} as const satisfies FlagTable;

const INTRODUCTION = `Watch a canary: starts a control plane on this machine, installs Serin, deploys the canary-demo,
sends it requests, changes its image, and shows what happens, here and on a page. Cleans up everything at the end.

Usage: npm run demo -- [flags]

Flags:
`;

export interface DemoOptions {
  readonly auto: boolean;
  readonly examplesDir: string;
  readonly proxy: IngressProxyName;
  readonly limitMs: number;
}

/** Throws a FlagError for a flag that is unknown or has a bad value. */
export function readOptions(args: readonly string[]): DemoOptions | { readonly print: string } {
  const { values: flags } = parseFlags(FLAGS, args);
  if (flags.help) return { print: `${INTRODUCTION}${flagHelp(FLAGS)}\n` };
  const proxy = INGRESS_PROXY_NAMES.find((name) => name === flags.proxy);
  if (proxy === undefined) throw new FlagError(`--proxy is ${INGRESS_PROXY_NAMES.join(' or ')}, not ${flags.proxy}`);
  return {
    auto: flags.auto,
    proxy,
    examplesDir: flags.examples === '' ? join(REPOSITORY, 'examples') : flags.examples,
    limitMs: flags.limit,
  };
}
