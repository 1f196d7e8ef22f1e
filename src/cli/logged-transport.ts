/** The transport of a command: it adds whom to act as, and logs what is sent, if asked. */
import type { ClientOptions } from '../runtime/client-options.ts';
import type { HttpRequest, HttpResponse } from '../runtime/exchange.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Terminal } from './terminal.ts';

type Sender = ClientOptions['transport'];

/** Verbosities of kubectl. */
const REQUESTS = 6;
const BODIES = 8;
/** The bodies of these are never logged. */
const OF_SECRETS = /\/secrets(?:[/?]|$)/;

export function loggedTransport(transport: Sender, options: GlobalOptions, terminal: Terminal): Sender {
  const groups = options['as-group'];
  const uid = options['as-uid'];
  const impersonated = {
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...(uid === '' ? {} : { 'Impersonate-Uid': uid }),
  };
  const verbosity = Math.max(options.kloglevel, VERBOSITY_OF[options.loglevel] ?? 0);
  return {
    send: async (request) => {
      const sent = { ...request, headers: { ...request.headers, ...impersonated } };
      return verbosity < REQUESTS
        ? transport.send(sent)
        : logged(transport, sent, verbosity >= BODIES && !OF_SECRETS.test(sent.path), terminal);
    },
  };
}

const VERBOSITY_OF: Readonly<Record<string, number>> = { debug: REQUESTS, trace: BODIES };

async function logged(
  transport: Sender,
  request: HttpRequest,
  bodies: boolean,
  { note, now }: Terminal,
): Promise<HttpResponse> {
  const startedAt = now();
  const line = (outcome: string) => note(`${request.method} ${request.path} ${outcome} in ${now() - startedAt} ms`);
  if (bodies && request.body !== undefined) note(`Request body: ${request.body}`);
  try {
    const response = await transport.send(request);
    line(String(response.status));
    if (bodies && response.body !== '') note(`Response body: ${response.body}`);
    return response;
  } catch (error) {
    line(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
