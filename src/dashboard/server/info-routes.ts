/** The dashboard API that other tools use (specification, E.6), below `<root>/api/v1/`. */
import type { IncomingMessage } from 'node:http';
import type { Seen } from '../../clients/observed.ts';
import { readRollout } from '../../clients/read-rollout.ts';
import { VERSION } from '../../version.ts';
import type { CommandRequest } from '../wire.ts';
import { readJson } from './body.ts';
import { giveCommand } from './commands.ts';
import { metaOf, rolloutInfo } from './info.ts';
import { streamInfo, streamInfos } from './info-stream.ts';
import { meOf } from './me.ts';
import type { NamespaceFeed } from './namespace-feed.ts';
import type { Outlet, StreamFormat } from './outlet.ts';
import { HttpProblem } from './problem.ts';
import { sendJson, type PersonVisit, type Route } from './visit.ts';

export function infoRoutes(): readonly Route[] {
  const put = (path: string, commandOf: CommandOf): Route => ({
    method: 'PUT',
    path: `rollouts/:namespace/:name/${path}`,
    answer: (visit) => change(visit, commandOf),
  });
  return [
    {
      method: 'GET',
      path: 'version',
      answer: ({ response }) => sendJson(response, { rolloutsVersion: `v${VERSION}` }),
    },
    {
      method: 'GET',
      path: 'namespace',
      answer: async ({ person, response }) => {
        const { namespace, namespaces } = await meOf(person);
        sendJson(response, { namespace, availableNamespaces: namespaces ?? [] });
      },
    },
    { method: 'GET', path: 'rollouts/:namespace/info', answer: (visit) => withFeed(visit, list) },
    { method: 'GET', path: 'rollouts/:namespace/info/watch', answer: (visit) => streamed(visit, streamInfos) },
    { method: 'GET', path: 'rollouts/:namespace/:name/info', answer: (visit) => withFeed(visit, one) },
    {
      method: 'GET',
      path: 'rollouts/:namespace/:name/info/watch',
      answer: async (visit) => {
        const name = visit.params['name'] ?? '';
        await withFeed(visit, async (_, feed) => void (await seenIn(feed, name)));
        await streamed(visit, (feed, outlet) => streamInfo(feed, name, outlet));
      },
    },
    put('restart', () => ({ command: 'restart' })),
    put('abort', () => ({ command: 'abort' })),
    put('retry', () => ({ command: 'retry' })),
    put('promote', (_, body) => ({ command: isFull(body) ? 'promoteFull' : 'promote' })),
    put('set/:container/*image/:tag', ({ container = '', image = '', tag = '' }) => ({
      command: 'setImages',
      images: [{ container, image: `${image}:${tag}` }],
    })),
    put('undo/:revision', ({ revision = '' }) => ({ command: 'undo', revision: wholeNumber(revision) })),
  ];
}

type CommandOf = (params: PersonVisit['params'], body: unknown) => CommandRequest;

/** Answers with the Rollout as it is after the change. */
async function change({ person, params, request, response }: PersonVisit, commandOf: CommandOf): Promise<void> {
  const { namespace = '', name = '' } = params;
  const body = await readJson(request, { declared: false });
  await giveCommand(person.cluster, { namespace, name }, commandOf(params, body));
  const rollout = await readRollout(person.cluster.client, { namespace, name });
  sendJson(response, { ...rollout, metadata: metaOf(rollout) });
}

async function list({ response }: PersonVisit, feed: NamespaceFeed): Promise<void> {
  await feed.started;
  const seen = await Promise.all(feed.rollouts.map(({ metadata }) => feed.look(metadata.name)));
  const rollouts = seen.flatMap((one) => (one === null ? [] : [rolloutInfo(one, feed.view(one), 'list')]));
  sendJson(response, { rollouts });
}

async function one({ params, response }: PersonVisit, feed: NamespaceFeed): Promise<void> {
  const seen = await seenIn(feed, params['name'] ?? '');
  sendJson(response, rolloutInfo(seen, feed.view(seen), 'all'));
}

async function seenIn(feed: NamespaceFeed, name: string): Promise<Seen> {
  const seen = await feed.look(name);
  if (seen === null) throw new HttpProblem(404, `rollout '${name}' is not in namespace '${feed.namespace}'`);
  return seen;
}

/** Rejects with a problem where the person may not list Rollouts. */
async function withFeed(
  visit: PersonVisit,
  use: (visit: PersonVisit, feed: NamespaceFeed) => Promise<void>,
): Promise<void> {
  const lease = visit.person.namespace(visit.params['namespace'] ?? '');
  try {
    await lease.value.started;
    const { refusal } = lease.value;
    if (refusal !== null) throw new HttpProblem(403, refusal);
    await use(visit, lease.value);
  } finally {
    lease.release();
  }
}

async function streamed(
  visit: PersonVisit,
  stream: (feed: NamespaceFeed, outlet: Outlet) => Promise<void>,
): Promise<void> {
  await withFeed(visit, () => Promise.resolve());
  const lease = visit.person.namespace(visit.params['namespace'] ?? '');
  const outlet = visit.stream(formatOf(visit.request));
  outlet.onEnd(lease.release);
  await stream(lease.value, outlet);
}

function formatOf({ headers }: IncomingMessage): StreamFormat {
  return (headers.accept ?? '').includes('text/event-stream') ? 'events' : 'lines';
}

function isFull(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'full' in body && body.full === true;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new HttpProblem(400, 'the revision must be a whole number');
  return Number(text);
}
