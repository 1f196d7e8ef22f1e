/** What becomes of a question to the API server about a template: answered, refused, or left open. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DryRuns } from '../../../src/controllers/rollout/dry-runs.ts';
import type { TemplateDoubt } from '../../../src/core/rollout/template-doubt.ts';
import { REPLICA_SETS } from '../../../src/kube/resources.ts';
import { FakeApiServer, type Fault } from '../../runtime/fake-api-server.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let dryRuns: DryRuns;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
  clock = new ManualClock();
  dryRuns = new DryRuns({ client: parts.client, clock });
});

afterEach(async () => {
  await parts.transport.close();
  await server.stop();
});

const TEMPLATE = {
  metadata: { labels: { app: 'web', lent: 'yes', 'rollouts-pod-template-hash': 'abc' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};
const RECORD = JSON.stringify({ labels: { lent: 'yes' } });
const BODY = {
  metadata: { name: 'web-abc', annotations: { 'rollout.argoproj.io/ephemeral-metadata': RECORD } },
  spec: { template: TEMPLATE },
};

function doubt(key = 'this'): TemplateDoubt {
  const create = { op: 'create', resource: REPLICA_SETS, namespace: 'shop', name: 'web-abc', body: BODY, why: '' };
  const template = { metadata: { labels: { app: 'web' } }, spec: TEMPLATE.spec };
  return { key, template, create: create as unknown as TemplateDoubt['create'] };
}

function answering(answer: Fault): void {
  server.fault = () => answer;
}

const STORED = {
  status: 201,
  body: { ...BODY, spec: { template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, aNewDefault: 'on' } } } },
};
const ask = (key?: string) => dryRuns.ask(doubt(key), { logger: quietLogger, signal: AbortSignal.timeout(20_000) });

test('an answer is the template without what a role lends and without the hash, and each doubt is put once', async () => {
  answering(STORED);
  const template = { metadata: { labels: { app: 'web' } }, spec: { ...TEMPLATE.spec, aNewDefault: 'on' } };
  expect(await ask()).toMatchObject(template);
  expect((await ask())?.metadata?.labels).toEqual({ app: 'web' });
  expect(server.requests.map(({ method, query }) => `${method} ${query.get('dryRun')}`)).toEqual(['POST All']);
  await ask('another');
  expect(server.requests).toHaveLength(2);
});

describe.each([
  { name: 'refused by a policy', status: 403 },
  { name: 'invalid', status: 422 },
  { name: 'refused by a webhook that knows no dry run', status: 400 },
  { name: 'about a name that is taken', status: 409 },
])('a question that is $name', ({ status }) => {
  test('leaves the template new, and is put again at the next look', async () => {
    answering({ status, body: { kind: 'Status', reason: status === 409 ? 'AlreadyExists' : '', message: 'no' } });
    expect(await ask()).toBeNull();
    expect(await ask()).toBeNull();
    answering(STORED);
    expect(await ask()).not.toBeNull();
  });
});

test.each<{ name: string; fault: Fault }>([
  { name: 'fails', fault: { status: 500 } },
  { name: 'cuts the connection', fault: 'cut' },
])('a server that $name is asked again, for a minute', async ({ fault }) => {
  answering(fault);
  await expect(ask()).rejects.toThrow('Cannot create');
  await clock.advance(59_000);
  await expect(ask()).rejects.toThrow('Cannot create');
  await clock.advance(1000);
  expect(await ask()).toBeNull();
  answering(STORED);
  expect(await ask()).not.toBeNull();
});
