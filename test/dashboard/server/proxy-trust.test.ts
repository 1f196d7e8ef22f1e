/** Whom a proxy vouches for, and who only says so. */
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { vouchedFor, type ProxyRules } from '../../../src/dashboard/server/proxy-trust.ts';

const RULES: ProxyRules = {
  userHeader: 'x-forwarded-user',
  groupsHeader: 'x-forwarded-groups',
  secretHeader: 'x-proxy-secret',
  secret: () => 'between us',
};

/** As Node has them: one that is sent several times is joined, and listed. */
function request(sent: Readonly<Record<string, readonly string[]>>): IncomingMessage {
  const headers = Object.fromEntries(Object.entries(sent).map(([name, values]) => [name, values.join(', ')]));
  return { headers, headersDistinct: sent, socket: {} } as unknown as IncomingMessage;
}

const secret = { 'x-proxy-secret': ['between us'] };

test.each([
  ['a user', { ...secret, 'x-forwarded-user': ['ada'] }, { user: 'ada', groups: [] }],
  [
    'with groups',
    { ...secret, 'x-forwarded-user': ['ada'], 'x-forwarded-groups': ['dev, ops,,dev-eu'] },
    { user: 'ada', groups: ['dev', 'ops', 'dev-eu'] },
  ],
  [
    'without those of Kubernetes itself',
    { ...secret, 'x-forwarded-user': ['ada'], 'x-forwarded-groups': ['system:masters,dev'] },
    { user: 'ada', groups: ['dev'] },
  ],
])('%s', (_, sent, expected) => {
  expect(vouchedFor(request(sent), RULES)).toEqual({ method: 'proxy', ...expected });
});

test.each([
  ['no secret', { 'x-forwarded-user': ['ada'] }],
  ['another secret', { 'x-proxy-secret': ['between u'], 'x-forwarded-user': ['ada'] }],
  ['two secrets', { 'x-proxy-secret': ['between us', 'between us'], 'x-forwarded-user': ['ada'] }],
  ['two users, of which one came from the browser', { ...secret, 'x-forwarded-user': ['root', 'ada'] }],
  ['a user of Kubernetes itself', { ...secret, 'x-forwarded-user': ['system:admin'] }],
  ['nobody', secret],
])('%s is not believed', (_, sent) => {
  expect(vouchedFor(request(sent), RULES)).toBeNull();
});

test('an empty secret lets nobody in', () => {
  const sent = { 'x-proxy-secret': [''], 'x-forwarded-user': ['ada'] };
  expect(vouchedFor(request(sent), { ...RULES, secret: () => '' })).toBeNull();
});

test('without a secret only a certificate counts, which plain HTTP has not', () => {
  const sent = { ...secret, 'x-forwarded-user': ['ada'] };
  expect(vouchedFor(request(sent), { ...RULES, secret: () => null })).toBeNull();
});
