/** Coming in and going out. */
import { expect, test } from 'vitest';
import { button, shows } from '../../testbed/browser/pages.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { problem, TOKEN } from './fake-server.ts';
import { eventOf, pausedView } from './scenes.ts';
import { staged } from './stage.ts';

test(
  'with a token: refused with the reason, accepted, signed out, and lost later',
  staged(async ({ fake, open }) => {
    fake.me = { ...fake.me, signIn: 'token', signedIn: false };
    fake.sendRollout(eventOf(pausedView(Date.now()), Date.now(), 'all'));
    const { page } = await open('rollout/shop/web');
    const token = page.getByLabel('Bearer token');
    expect(await token.getAttribute('type')).toBe('password');
    await button(page, 'Sign in').click();
    await shows(page, '.problem', /^Enter a token first\.$/);
    await token.fill('a-bad-token');
    await page.keyboard.press('Enter');
    await shows(page, '.problem', /^The API server does not accept the token\.$/);
    expect(await token.getAttribute('aria-invalid')).toBe('true');

    await token.fill(TOKEN);
    await page.keyboard.press('Enter');
    await shows(page, '.cause-panel', /Waits for a person/);
    await shows(page, '.person', /ada@example\.com/);
    expect(await page.evaluate('Object.keys(localStorage).concat(document.cookie).join()')).not.toContain(TOKEN);

    await button(page, 'Sign out').click();
    await shows(page, 'h1', /^Sign in$/);

    await token.fill(TOKEN);
    await page.keyboard.press('Enter');
    await button(page, 'Promote').click();
    fake.onCommand = () => problem(401, 'the token has expired');
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await shows(page, 'h1', /^Sign in$/);
  }),
);

test(
  'behind a proxy nobody enters a token',
  staged(async ({ fake, open }) => {
    fake.me = { ...fake.me, signIn: 'proxy', signedIn: false };
    const { page } = await open('');
    await shows(page, '.sign-in', /The proxy in front of the dashboard does not say who you are/);
    expect(await page.locator('input').count()).toBe(0);
    fake.me = { ...fake.me, signedIn: true };
    await button(page, 'Try again').click();
    await shows(page, '.empty', /There are no Rollouts yet/);
    await waitFor(() => button(page, 'Sign out').count(), { what: 'no way out', until: (count) => count === 0 });
  }),
);
