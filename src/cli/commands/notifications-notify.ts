/** `notifications template notify`. */
import { MASK } from '../../core/analysis/redaction.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Configuration } from '../../notifications/configuration.ts';
import type { Destination } from '../../notifications/notification.ts';
import type { Subject } from '../../notifications/variables.ts';
import type { WebhookRequest } from '../../notifications/webhook.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { named, Secrets } from '../notification-input.ts';
import { NOTIFICATION_OPTIONS } from '../notification-options.ts';

const OPTIONS = {
  ...NOTIFICATION_OPTIONS,
  recipient: {
    kind: 'list',
    help: 'Where to, SERVICE:RECIPIENT; by default console:stdout. May be repeated.',
  },
} as const;

const LIMIT_MS = 30_000;

export const notifyTemplate = command({
  path: ['notifications', 'template', 'notify'],
  summary: 'Make a notification of a template for a rollout, and print or send it',
  args: ['TEMPLATE', 'ROLLOUT|FILE'],
  names: ['templates', 'rollouts'],
  options: OPTIONS,
  examples: [
    'notifications template notify rollout-paused web',
    'notifications template notify rollout-paused rollout.yaml --config-map config.yaml --secret :empty',
    'notifications template notify rollout-paused web --recipient chat-hook:',
  ],
  run,
});

async function run(call: Call<typeof OPTIONS>): Promise<void> {
  const { args, options, terminal } = call;
  const [name = '', resource = ''] = args;
  const [{ configurationOf, named: find, secretsOf }, { stringify }] = await Promise.all([
    import('../notification-input.ts'),
    import('yaml'),
  ]);
  const configuration = await configurationOf(call);
  const template = find(configuration.templates, 'template', name);
  const given = options.recipient.length === 0 ? ['console:stdout'] : options.recipient;
  const destinations = given.map((text) => destinationOf(text, configuration, find));
  const [{ readSubject }, { namesSecrets }] = await Promise.all([
    import('../notification-subject.ts'),
    import('../../notifications/webhook.ts'),
  ]);
  const needsSecrets =
    JSON.stringify(template).includes('secrets') ||
    destinations.some(({ service }) => namesSecrets(configuration.services.get(service)?.options));
  const secrets = needsSecrets ? await secretsOf(call) : {};
  const subject = { ...(await readSubject(resource, call)), secrets, now: terminal.now() };
  const sending = { configuration, template, subject };
  // All of them are made before the first one is sent.
  const outgoing = await Promise.all(destinations.map((one) => prepared(one, sending)));
  for (const { destination, notification, webhook } of outgoing) {
    if (webhook === null) terminal.print(stringify(notification, { lineWidth: 0, sortMapEntries: true }).trimEnd());
    else await send(webhook, destination, call, secrets);
  }
}

/** Throws a UsageError unless a notification can be sent there from here. */
function destinationOf(text: string, { services }: Configuration, find: typeof named): Destination {
  const colon = text.indexOf(':');
  const [service, recipient] = colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (service === 'console') {
    if (recipient === '' || recipient === 'stdout') return { service, recipient: 'stdout' };
    throw new UsageError(`the console has stdout only, not ${JSON.stringify(recipient)}`);
  }
  if (service === '') throw new UsageError(`expected SERVICE:RECIPIENT, not ${JSON.stringify(text)}`);
  const { type } = find(services, 'service', service);
  if (type === 'webhook') return { service, recipient };
  throw new CommandError(
    `the service '${service}' is of the type ${type}: only the console and services of the type webhook can be sent to from here yet`,
  );
}

interface Sending {
  readonly configuration: Configuration;
  readonly template: JsonObject;
  readonly subject: Subject;
}

interface Outgoing {
  readonly destination: Destination;
  readonly notification: JsonObject;
  /** `null` for the console. */
  readonly webhook: WebhookRequest | null;
}

async function prepared(destination: Destination, { configuration, template, subject }: Sending): Promise<Outgoing> {
  const [{ renderNotification }, { variablesOf }, { webhookRequest }, { hiding }] = await Promise.all([
    import('../../notifications/notification.ts'),
    import('../../notifications/variables.ts'),
    import('../../notifications/webhook.ts'),
    import('../hidden-secrets.ts'),
  ]);
  const { service } = destination;
  const isPrinted = service === 'console';
  const secrets = isPrinted ? hidden(subject.secrets) : subject.secrets;
  const rendered = renderNotification(template, variablesOf({ ...subject, secrets }), destination, subject.now);
  if ('problem' in rendered) throw hiding(`the template cannot be rendered: ${rendered.problem}`, secrets);
  const { notification } = rendered;
  if (isPrinted) return { destination, notification, webhook: null };
  const webhook = webhookRequest(service, configuration.services.get(service)?.options, subject.secrets, notification);
  if ('problem' in webhook) throw new CommandError(webhook.problem);
  return { destination, notification, webhook };
}

/** Where people read along. */
function hidden(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.keys(secrets).map((key) => [key, MASK]));
}

async function send(
  { request, unknownKeys }: WebhookRequest,
  { service }: Destination,
  { terminal }: Pick<Call, 'terminal'>,
  secrets: Secrets,
): Promise<void> {
  const [{ createHttp }, { ask }, { requireSuccess }, { realClock }, { hiding, withoutSecrets }] = await Promise.all([
    import('../../providers/http/http.ts'),
    import('../../providers/http/ask.ts'),
    import('../../providers/http/answer.ts'),
    import('../../runtime/clock.ts'),
    import('../hidden-secrets.ts'),
  ]);
  for (const key of unknownKeys) terminal.note(`Note: the Secret has no ${key}, so $${key} is sent as it is written.`);
  const { http, close } = createHttp({ environment: terminal.env });
  try {
    const answer = await ask({ http, timer: realClock }, request, LIMIT_MS, terminal.interrupted);
    requireSuccess(answer);
    const said = `sent to ${service}: ${answer.host} answered with status ${answer.status}`;
    terminal.print(withoutSecrets(said, secrets));
  } catch (error) {
    throw hiding(error instanceof Error ? error.message : String(error), secrets);
  } finally {
    await close();
  }
}
