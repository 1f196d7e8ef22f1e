/**
 * The traffic suite, for each proxy in turn:
 *
 *     node test/traffic/main.ts [--short] [--rounds N] [--if-possible] [--proxy NAME]... [FILE]... [-t NAME]
 *
 * All proxies by default: traefik, ingress-nginx, gateway-api, which is Traefik's Gateway, and contour. `--rounds` plays the
 * full form with fewer rounds. The real ingress-nginx takes an archive of Debian, and the Envoy of Contour a package index of
 * Python: on a machine without it the tests are reported as not run, with the reason. That is no failure.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOrBuildProxy, PROXY_NAMES, proxyName, type ProxyName } from '../testbed/data-plane/proxies.ts';

const INSIDE = join(import.meta.dirname, '..', 'testbed', 'data-plane', 'inside.ts');

/** In the short form, what tells most: for the second proxy the releases of the pods that stop at once. */
const SHORT: Readonly<Record<ProxyName, { readonly form: string; readonly files: readonly string[] }>> = {
  traefik: { form: 'short', files: ['canary-demo', 'releases', 'measured'] },
  'ingress-nginx': { form: 'shortest', files: ['releases'] },
  'gateway-api': { form: 'short', files: ['gateway-api', 'releases'] },
  contour: { form: 'shortest', files: ['gateway-api', 'mirror', 'releases'] },
};
/** About Ingresses, their annotations and the metrics of what reads them, or told with an Ingress. */
const ABOUT_INGRESSES = [
  'admission',
  'asking',
  'barrier',
  'bridge',
  'canary-demo',
  'measured',
  'metric-store',
  'proxy-behaviour',
  'routing',
] as const;
const ABOUT_ROUTES = ['gateway-api', 'gateway-demo', 'mirror', 'route-times'] as const;
/** What can be asked of one proxy alone. */
const NOT_FOR: Readonly<Record<ProxyName, readonly string[]>> = {
  // It has no webhook, and its Gateway is a proxy of its own here.
  traefik: ['admission', ...ABOUT_ROUTES],
  // It cannot be asked.
  'ingress-nginx': ['asking', 'traefik-service', ...ABOUT_ROUTES],
  // It does not mirror. TraefikServices are what Traefik has beside its Gateway.
  'gateway-api': ['mirror', 'traefik-service', ...ABOUT_INGRESSES],
  contour: ['traefik-service', ...ABOUT_INGRESSES],
};
/** Those that every machine can have on which traffic can flow. */
const ANYWHERE: readonly ProxyName[] = ['traefik', 'gateway-api'];

const { values, positionals } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'if-possible': { type: 'boolean', default: false },
    proxy: { type: 'string', multiple: true, default: [...PROXY_NAMES] },
    testNamePattern: { type: 'string', short: 't' },
  },
  allowPositionals: true,
});

if (values.rounds !== undefined && !/^[1-9][0-9]*$/.test(values.rounds)) {
  throw new Error(`--rounds is a number from 1 on, not ${values.rounds}`);
}
for (const name of values.proxy.map(proxyName)) {
  const reason = await reasonAgainst(name);
  if (reason === undefined) process.exitCode = (await run(name)) || process.exitCode || 0;
  else process.stderr.write(`\nNot run: the traffic through ${name}, because ${reason}\n\n`);
}

/** Why its tests cannot run on this machine. */
async function reasonAgainst(name: ProxyName): Promise<string | undefined> {
  if (ANYWHERE.includes(name)) return undefined;
  try {
    await findOrBuildProxy(name);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function run(name: ProxyName): Promise<number> {
  const { short, rounds, testNamePattern } = values;
  const files = positionals.length > 0 || !short ? positionals : SHORT[name].files;
  const child = spawn(
    process.execPath,
    [
      INSIDE,
      ...(values['if-possible'] ? ['--if-possible'] : []),
      '--',
      'vitest',
      'run',
      '--project',
      'traffic',
      ...NOT_FOR[name].flatMap((file) => ['--exclude', `test/traffic/${file}.test.ts`]),
      ...(testNamePattern === undefined ? [] : ['-t', testNamePattern]),
      ...files,
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        SERIN_PROXY: name,
        ...(short ? { SERIN_TRAFFIC: SHORT[name].form } : {}),
        ...(rounds === undefined ? {} : { SERIN_TRAFFIC_ROUNDS: rounds }),
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
