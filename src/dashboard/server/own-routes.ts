/** The API of the pages (`wire.ts`), below `<root>/api/serin/v1/`. */
import { z } from 'zod';
import { VERSION } from '../../version.ts';
import type { CommandAnswer, DashboardCommand, Me, SignIn } from '../wire.ts';
import { readBody } from './body.ts';
import { giveCommand } from './commands.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { meOf } from './me.ts';
import { planFor } from './plan.ts';
import { streamRollout } from './rollout-stream.ts';
import { sendJson, type Route } from './visit.ts';

const image = z.object({ container: z.string().min(1), image: z.string().min(1) });
const COMMANDS = [
  'promote',
  'promoteFull',
  'abort',
  'retry',
  'pause',
  'resume',
  'restart',
  'setImages',
  'undo',
  'terminate',
] as const satisfies readonly DashboardCommand[];
const revision = z.number().int().min(0);
const commandRequest = z.strictObject({
  command: z.enum(COMMANDS),
  images: z.array(image).min(1).exactOptional(),
  revision: revision.exactOptional(),
  run: z.string().min(1).exactOptional(),
});
const planRequest = z.strictObject({ images: z.array(image).exactOptional(), revision: revision.exactOptional() });
const signIn: z.ZodType<SignIn> = z.strictObject({ token: z.string().min(1) });

export function ownRoutes(doorkeeper: Doorkeeper): readonly Route[] {
  return [...signInRoutes(doorkeeper), ...ROLLOUT_ROUTES];
}

function signInRoutes(doorkeeper: Doorkeeper): readonly Route[] {
  return [
    {
      method: 'GET',
      path: 'me',
      open: true,
      answer: async ({ request, response }) => {
        const lease = await doorkeeper.personOf(request);
        try {
          const signedOut = { signedIn: false, user: null, namespace: '', namespaces: null, version: VERSION };
          const me = lease === null ? signedOut : await meOf(lease.value);
          sendJson(response, { signIn: doorkeeper.method, ...me } satisfies Me);
        } finally {
          lease?.release();
        }
      },
    },
    {
      method: 'POST',
      path: 'sign-in',
      open: true,
      answer: async ({ request, response }) => {
        const { token } = await readBody(request, signIn);
        response.setHeader('set-cookie', await doorkeeper.signIn(request, token));
        response.writeHead(204).end();
      },
    },
    {
      method: 'POST',
      path: 'sign-out',
      open: true,
      answer: async ({ request, response }) => {
        response.setHeader('set-cookie', await doorkeeper.signOut(request));
        response.writeHead(204).end();
      },
    },
  ];
}

const ROLLOUT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: 'rollouts',
    answer: async ({ person, query, stream }) => {
      const lease = person.list(query.get('namespace') || null);
      const outlet = stream('events');
      outlet.onEnd(lease.release);
      await lease.value.open(outlet);
    },
  },
  {
    method: 'GET',
    path: 'rollouts/:namespace/:name',
    answer: async ({ person, params, stream }) => {
      const { namespace = '', name = '' } = params;
      const lease = person.namespace(namespace);
      const outlet = stream('events');
      outlet.onEnd(lease.release);
      await streamRollout({ person, feed: lease.value, name, outlet });
    },
  },
  {
    method: 'POST',
    path: 'rollouts/:namespace/:name/commands',
    answer: async ({ person, params, request, response }) => {
      const { namespace = '', name = '' } = params;
      const command = await readBody(request, commandRequest);
      const message = await giveCommand(person.cluster, { namespace, name }, command);
      sendJson(response, { message } satisfies CommandAnswer);
    },
  },
  {
    method: 'POST',
    path: 'rollouts/:namespace/:name/plan',
    answer: async ({ person, params, request, response }) => {
      const { namespace = '', name = '' } = params;
      const asked = await readBody(request, planRequest);
      sendJson(response, await planFor(person.cluster, { namespace, name }, asked));
    },
  },
];
