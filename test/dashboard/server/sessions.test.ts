/** How long a person stays signed in, and how many do. */
import { expect, test } from 'vitest';
import { Sessions } from '../../../src/dashboard/server/sessions.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

const HOUR_MS = 3_600_000;

function tokenUntil(clock: ManualClock, seconds: number): string {
  const payload = { exp: clock.now() / 1000 + seconds };
  return `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.y`;
}

test('a session ends after two hours without use', async () => {
  const clock = new ManualClock();
  const sessions = new Sessions(clock);
  const name = sessions.open('secret');
  await clock.advance(2 * HOUR_MS - 1);
  expect(sessions.tokenOf(name)).toBe('secret');
  await clock.advance(2 * HOUR_MS);
  expect(sessions.tokenOf(name)).toBeNull();
});

test('and after twelve hours however it is used', async () => {
  const clock = new ManualClock();
  const sessions = new Sessions(clock);
  const name = sessions.open('secret');
  for (let hour = 1; hour < 12; hour += 1) {
    await clock.advance(HOUR_MS);
    expect([hour, sessions.tokenOf(name)]).toEqual([hour, 'secret']);
  }
  await clock.advance(HOUR_MS);
  expect([sessions.tokenOf(name), sessions.size]).toEqual([null, 0]);
});

test('and with its token, where the token says when that is', async () => {
  const clock = new ManualClock();
  const sessions = new Sessions(clock);
  const name = sessions.open(tokenUntil(clock, 60));
  await clock.advance(59_999);
  expect(sessions.tokenOf(name)).not.toBeNull();
  await clock.advance(1);
  expect(sessions.tokenOf(name)).toBeNull();
});

test('its name tells nothing, and no two are the same', () => {
  const sessions = new Sessions(new ManualClock());
  const names = Array.from({ length: 100 }, () => sessions.open('secret'));
  expect(new Set(names).size).toBe(100);
  for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);
});

test('when there are too many, the one that was used longest ago ends', () => {
  const sessions = new Sessions(new ManualClock());
  const [first = '', second = ''] = Array.from({ length: 1000 }, (_, index) => sessions.open(`token ${index}`));
  expect(sessions.tokenOf(first)).toBe('token 0');
  sessions.open('one more');
  expect([sessions.tokenOf(first), sessions.tokenOf(second), sessions.size]).toEqual(['token 0', null, 1000]);
});

test('one that was closed is closed', () => {
  const sessions = new Sessions(new ManualClock());
  const name = sessions.open('secret');
  sessions.close(name);
  expect([sessions.tokenOf(name), sessions.tokenOf(''), sessions.tokenOf('guessed')]).toEqual([null, null, null]);
});
