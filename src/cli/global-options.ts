/** The options of every command: those of kubectl for the connection, and how much is logged. */
import type { OptionTable, OptionValues } from './options.ts';

export const GLOBAL_OPTIONS = {
  as: { kind: 'text', help: 'User to act as.' },
  'as-group': { kind: 'list', help: 'Group to act as; may be repeated.' },
  'as-uid': { kind: 'text', help: 'UID to act as.' },
  'cache-dir': { kind: 'text', hidden: true, help: 'For scripts of kubectl: nothing is cached.' },
  'certificate-authority': {
    kind: 'text',
    isPath: true,
    help: 'File with the certificate of the authority of the API server.',
  },
  'client-certificate': { kind: 'text', isPath: true, help: 'File with a client certificate.' },
  'client-key': { kind: 'text', isPath: true, help: 'File with the key of the client certificate.' },
  cluster: { kind: 'text', help: 'Name of the cluster in the kubeconfig.' },
  context: { kind: 'text', help: 'Name of the context in the kubeconfig.' },
  'disable-compression': {
    kind: 'switch',
    hidden: true,
    help: 'For scripts of kubectl: answers are never compressed.',
  },
  'insecure-skip-tls-verify': { kind: 'switch', help: 'Do not verify the certificate of the API server.' },
  kloglevel: {
    kind: 'count',
    letter: 'v',
    help: 'From 6 on requests are logged on stderr, from 8 on with their bodies.',
  },
  kubeconfig: { kind: 'text', isPath: true, help: 'Path of the kubeconfig.' },
  loglevel: {
    kind: 'text',
    default: 'info',
    choices: ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace'],
    help: 'debug and trace log requests as well.',
  },
  namespace: { kind: 'text', letter: 'n', help: 'Namespace; by default that of the context.' },
  'request-timeout': {
    kind: 'text',
    default: '0',
    help: 'How long to wait for one answer of the API server, such as 10s. 0: a minute.',
  },
  server: { kind: 'text', letter: 's', help: 'Address of the API server.' },
  'tls-server-name': { kind: 'text', help: 'Name that the certificate of the API server must have.' },
  token: { kind: 'text', help: 'Bearer token for the API server.' },
  user: { kind: 'text', help: 'Name of the user in the kubeconfig.' },
} as const satisfies OptionTable;

export type GlobalOptions = OptionValues<typeof GLOBAL_OPTIONS>;
