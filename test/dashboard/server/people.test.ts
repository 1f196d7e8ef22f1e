/** People come, are checked while they stay, and go. */
import { expect, test } from 'vitest';
import { Attempts } from '../../../src/dashboard/server/attempts.ts';
import type { Connected } from '../../../src/dashboard/server/connections.ts';
import { identityKey, type Identity } from '../../../src/dashboard/server/identity.ts';
import { People } from '../../../src/dashboard/server/people.ts';
import { errorOfResponse } from '../../../src/runtime/api-error.ts';
import type { Client } from '../../../src/runtime/client.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

/** An API server that knows everybody until `status` says otherwise. */
class Door {
  readonly clock = new ManualClock();
  status = 200;
  asked = 0;
  opened = 0;
  closed = 0;
  readonly people = new People({ clock: this.clock, connect: () => this.#connected() });

  #connected(): Connected {
    this.opened += 1;
    const review = () => {
      this.asked += 1;
      if (this.status !== 200) return Promise.reject(errorOfResponse('create reviews', this.status, {}));
      return Promise.resolve({ status: { userInfo: { username: 'ada' } } });
    };
    const close = () => Promise.resolve(void (this.closed += 1));
    const client = { review } as unknown as Client;
    return { cluster: { client, clock: this.clock, namespace: 'default', close }, onRefused: () => undefined };
  }
}

const ADA: Identity = { method: 'token', token: 'secret' };

test('a person is asked for once, however many requests they send', async () => {
  const door = new Door();
  const leases = await Promise.all([door.people.welcome(ADA), door.people.welcome(ADA)]);
  expect([leases[0]?.value === leases[1]?.value, leases[0]?.value.user, door.asked]).toEqual([true, 'ada', 1]);
});

test('a token that is revoked while a person looks ends what they look at within a minute', async () => {
  const door = new Door();
  await door.people.welcome(ADA);
  await door.clock.advance(60_000);
  expect([door.asked, door.people.knows(ADA)]).toEqual([2, true]);
  door.status = 401;
  await door.clock.advance(60_000);
  expect([door.people.knows(ADA), door.closed]).toEqual([false, 1]);
  await expect(door.people.welcome(ADA)).rejects.toMatchObject({ status: 401 });
});

test('an outage of the API server is no reason to send anybody away', async () => {
  const door = new Door();
  await door.people.welcome(ADA);
  door.status = 500;
  await door.clock.advance(180_000);
  expect([door.people.knows(ADA), door.closed]).toEqual([true, 0]);
});

test('nothing is left of a person a minute after they have gone', async () => {
  const door = new Door();
  (await door.people.welcome(ADA)).release();
  await door.clock.advance(59_000);
  expect(door.people.knows(ADA)).toBe(true);
  await door.clock.advance(1000);
  expect([door.people.knows(ADA), door.opened, door.closed, door.clock.pendingTimers]).toEqual([false, 1, 1, 0]);
});

test('of a person who was not let in nothing is left', async () => {
  const door = new Door();
  door.status = 401;
  await expect(door.people.welcome(ADA)).rejects.toMatchObject({ status: 401 });
  expect([door.people.knows(ADA), door.closed]).toEqual([false, 1]);
});

test('the key of a person does not tell their token, and does not mix two of them up', () => {
  const keys = [
    identityKey(ADA),
    identityKey({ method: 'token', token: 'secret2' }),
    identityKey({ method: 'proxy', user: 'ada', groups: [] }),
    identityKey({ method: 'proxy', user: 'ada', groups: ['a', 'b'] }),
    identityKey({ method: 'proxy', user: 'ada', groups: ['a,b'] }),
    identityKey({ method: 'kubeconfig' }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.join(' ')).not.toContain('secret');
  expect(identityKey({ method: 'proxy', user: 'ada', groups: ['b', 'a'] })).toBe(keys[3]);
});

test('after twenty failures in a row new attempts wait ten seconds', async () => {
  const clock = new ManualClock();
  const attempts = new Attempts(clock);
  for (let count = 0; count < 20; count += 1) attempts.failed();
  attempts.check();
  attempts.failed();
  expect(() => attempts.check()).toThrow('too many attempts');
  await clock.advance(10_000);
  attempts.check();
});
