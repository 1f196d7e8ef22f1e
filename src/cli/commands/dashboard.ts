/** `dashboard`. */
import process from 'node:process';
import type { SignInRules } from '../../dashboard/server/doorkeeper.ts';
import type { TlsFiles } from '../../dashboard/server/tls-files.ts';
import { command, type Call } from '../command.ts';
import { UsageError } from '../errors.ts';

const OPTIONS = {
  port: { kind: 'count', letter: 'p', default: 3100, help: 'Port to listen on.' },
  address: { kind: 'text', default: '127.0.0.1', help: 'Address to listen on.' },
  'root-path': { kind: 'text', default: 'rollouts', help: 'Path below which everything is served.' },
  'sign-in': {
    kind: 'text',
    default: 'kubeconfig',
    choices: ['kubeconfig', 'token', 'proxy'],
    help: 'How people come in: as you, with a bearer token, or as an authenticating proxy in front says.',
  },
  'allowed-host': {
    kind: 'list',
    help: 'Name by which browsers reach it, beside the names of loopback. May be repeated.',
  },
  'tls-cert-file': { kind: 'text', help: 'File with the certificate of the server; read again when it changes.' },
  'tls-key-file': { kind: 'text', help: 'File with the key of the certificate.' },
  'proxy-user-header': { kind: 'text', default: 'X-Forwarded-User', help: 'Header in which the proxy names the user.' },
  'proxy-groups-header': {
    kind: 'text',
    default: 'X-Forwarded-Groups',
    help: 'Header in which the proxy names the groups, with commas between them.',
  },
  'proxy-client-ca-file': {
    kind: 'text',
    help: 'File with the authority of the certificate that the proxy shows; needs TLS.',
  },
  'proxy-secret-file': { kind: 'text', help: 'File with what the proxy sends in the secret header.' },
  'proxy-secret-header': {
    kind: 'text',
    default: 'X-Proxy-Secret',
    help: 'Header in which the proxy sends the secret.',
  },
  pages: { kind: 'text', hidden: true, help: 'Folder with the pages as they were built.' },
} as const;

type DashboardCall = Call<typeof OPTIONS>;

/** A person's watches are seven for each namespace that is open. */
const CONNECTIONS = 256;

export const dashboard = command({
  path: ['dashboard'],
  summary: 'Serve the dashboard',
  args: [],
  options: OPTIONS,
  examples: [
    'dashboard',
    'dashboard --port 8080',
    'dashboard --address 0.0.0.0 --sign-in token --allowed-host ci.example',
  ],
  run,
});

async function run(call: DashboardCall): Promise<void> {
  const { options, global, terminal } = call;
  checkOptions(call);
  const [{ startDashboard }, { builtPages }, { createLogger }, { chosenKubeConfig }, { connect }, { ownNamespace }] =
    await Promise.all([
      import('../../dashboard/server/server.ts'),
      import('../../dashboard/server/pages.ts'),
      import('../../telemetry/logger.ts'),
      import('../kube-config.ts'),
      import('../connect.ts'),
      import('../../runtime/kubeconfig.ts'),
    ]);
  const isLocal = options['sign-in'] === 'kubeconfig';
  const level = VERBOSE.includes(global.loglevel) ? 'debug' : isLocal ? 'warn' : 'info';
  const kubeConfig = chosenKubeConfig(global);
  const server = await startDashboard({
    address: options.address,
    port: options.port,
    rootPath: options['root-path'],
    pages: options.pages || builtPages(),
    signIn: await signInRules(call),
    allowedHosts: options['allowed-host'],
    tls: await tlsFiles(call),
    kubeConfig,
    namespace: ownNamespace(global, kubeConfig),
    ...(isLocal
      ? {
          connect: () => ({
            cluster: connect(global, terminal, { connections: CONNECTIONS }),
            onRefused: () => undefined,
          }),
        }
      : {}),
    logger: createLogger({ level, format: isLocal ? 'text' : 'json' }),
  });
  terminal.note(`The dashboard is at ${server.url}`);
  await ended(terminal.interrupted);
  await server.close();
}

const VERBOSE = ['debug', 'trace'];
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

function checkOptions({ options, global }: DashboardCall): void {
  const { address, 'sign-in': signIn, 'tls-cert-file': cert, 'tls-key-file': key } = options;
  const { 'proxy-client-ca-file': authority, 'proxy-secret-file': secret } = options;
  if (options.port > 65_535) throw new UsageError('--port must be at most 65535');
  if (signIn === 'kubeconfig' && !LOOPBACK.includes(address))
    throw new UsageError('with your kubeconfig it listens on loopback only; for others use --sign-in token or proxy');
  if ((cert === '') !== (key === '')) throw new UsageError('--tls-cert-file and --tls-key-file go together');
  if (signIn !== 'kubeconfig' && (global.as !== '' || global['as-group'].length > 0 || global['as-uid'] !== ''))
    throw new UsageError('--as, --as-group and --as-uid go with --sign-in kubeconfig');
  if (signIn === 'proxy' && (authority === '') === (secret === ''))
    throw new UsageError('--sign-in proxy needs --proxy-client-ca-file or --proxy-secret-file, to know the proxy by');
  if (signIn !== 'proxy' && (authority !== '' || secret !== ''))
    throw new UsageError('--proxy-client-ca-file and --proxy-secret-file go with --sign-in proxy');
  if (authority !== '' && cert === '') throw new UsageError('--proxy-client-ca-file needs --tls-cert-file');
}

async function signInRules({ options }: DashboardCall): Promise<SignInRules> {
  const { 'sign-in': method, 'proxy-secret-file': secretFile } = options;
  if (method !== 'proxy') return { method: method === 'token' ? 'token' : 'kubeconfig' };
  const { secretIn } = await import('../../dashboard/server/proxy-secret.ts');
  return {
    method,
    proxy: {
      userHeader: options['proxy-user-header'].toLowerCase(),
      groupsHeader: options['proxy-groups-header'].toLowerCase(),
      secretHeader: options['proxy-secret-header'].toLowerCase(),
      secret: secretFile === '' ? () => null : secretIn(secretFile),
    },
  };
}

async function tlsFiles({ options }: DashboardCall): Promise<TlsFiles | null> {
  const { 'tls-cert-file': cert, 'tls-key-file': key, 'proxy-client-ca-file': clientAuthority } = options;
  if (cert === '') return null;
  const { TlsFiles: Files } = await import('../../dashboard/server/tls-files.ts');
  return new Files({ cert, key, clientAuthority });
}

/** Kubernetes ends a container with SIGTERM. */
function ended(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGTERM', end);
      resolve();
    };
    process.once('SIGTERM', end);
    if (interrupted.aborted) end();
    else interrupted.addEventListener('abort', end, { once: true });
  });
}
