/** One Rollout: what is shown of it, and every command with its question, its answer and its reason not to be given. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { button, shows } from '../../testbed/browser/pages.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { graveViolations } from './axe.ts';
import { problem, type FakeServer } from './fake-server.ts';
import {
  abortedView,
  choicesFor,
  eventOf,
  experimentView,
  pausedView,
  previewView,
  promotedView,
  stuckView,
} from './scenes.ts';
import { staged } from './stage.ts';

const WEB = 'rollout/shop/web';

function show(fake: FakeServer, view = pausedView(Date.now()), rights: 'all' | 'view' = 'all'): void {
  fake.sendRollout(eventOf(view, Date.now(), rights));
}

/** Says yes to the question, which shows this command. */
async function confirm(page: Page, title: string, act: string, kubectl: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.waitFor();
  expect(await dialog.locator('code').innerText()).toBe(kubectl);
  await dialog.getByRole('button', { name: act, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

test(
  'where it is and why, and all that belongs to it',
  staged(async ({ fake, open }) => {
    show(fake);
    const { page, complaints } = await open(WEB);
    await shows(page, '.heading', /web\s+shop · Canary\s+Paused/);
    const cause = await shows(page, '.cause-panel', /Waits for a person/);
    expect(cause).toMatch(/since (?:\d+ \w+ \d+, )?[\d:]+, \d+m\d*s? ago/);
    expect(cause).toMatch(/Paused at step 2 since \S+, promote to go on\./);
    expect(cause).toContain('It ends when a person promotes or aborts the update.');
    expect(cause).toContain('kubectl argo rollouts -n shop promote web');
    await shows(page, '[aria-current=step]', /^pause\s*, current step\s*for \d+m/);
    await shows(page, '.steps [data-state=done]', /^setWeight: 20\s*, done\s*(?:\d+ \w+ \d+, )?[\d:]+, \d+m\d*s? ago/);
    const traffic = page.getByRole('region', { name: 'Traffic' });
    expect(await traffic.innerText()).toMatch(
      /Asked for the new revision\s+20 %\s+Observed for the new revision\s+20 %/,
    );
    const revisions = page.getByRole('region', { name: 'Revisions' });
    await revisions.getByText('1 pod', { exact: true }).click();
    expect(await revisions.getByRole('table').first().innerText()).toMatch(/web-\S+\s+Running\s+1\/1\s+0\s+\d+m/);
    await revisions.getByText('History: 1 revision without pods').click();
    expect(await revisions.innerText()).toMatch(
      /Revision 3[\s\S]*canary[\s\S]*Revision 2[\s\S]*stable[\s\S]*Revision 1/,
    );

    const analysis = page.getByRole('region', { name: 'Analysis' });
    expect(await analysis.locator('desc').textContent()).toMatch(
      /^6 measurements\. The last one: 0\.008, Successful, at (?:\d+ \w+ \d+, )?[\d:]+\. Threshold: result\[0\] < 0\.05\.$/,
    );
    expect(await analysis.locator('.threshold').getAttribute('data-value')).toBe('0.05');
    await analysis.getByText('6 measured values').click();
    expect(await analysis.locator('tbody tr').count()).toBe(await analysis.locator('.point').count());
    expect(await page.getByRole('region', { name: 'Events' }).innerText()).toMatch(/RolloutPaused\s+\d+m/);
    expect(await page.title()).toBe('Paused: web · Serin');
    expect(complaints).toEqual([]);
  }),
);

test(
  'what is seen changes at once, also when it is deleted and made again',
  staged(async ({ fake, open }) => {
    show(fake);
    const { page } = await open(WEB);
    await shows(page, '.cause-panel', /Waits for a person/);
    show(fake, promotedView(Date.now()));
    await shows(page, '.cause-panel', /Goes on by itself[\s\S]*It ends in 9m\d*s? \([^)]+\), when the pause is over\./);
    await shows(page, '[aria-current=step]', /pause: 10m[\s\S]*ends in 9m/);
    fake.sendTrouble('shop/web', 'the API server does not answer');
    await shows(page, '.notice', /^The API server does not answer\.$/);
    fake.sendTrouble('shop/web', null);
    fake.sendGone('shop/web');
    await shows(page, '.empty', /web has been deleted/);
    show(fake);
    await shows(page, '.cause-panel', /Waits for a person/);
    await page.goto(`${fake.url}rollout/shop/other`);
    await shows(page, '.empty', /cannot be shown\s+Rollouts\.argoproj\.io "other" not found\./);
    expect(await page.title()).toBe('other · Serin');
  }),
);

test(
  'each command asks first, shows its kubectl, and says what came of it',
  staged(async ({ fake, open }) => {
    show(fake);
    fake.onCommand = ({ command }) => ({ status: 200, body: { message: `${command} was done` } });
    const { page } = await open(WEB);
    for (const [label, title, kubectl, command] of [
      ['Promote', 'Promote web?', 'kubectl argo rollouts -n shop promote web', 'promote'],
      ['Promote fully', 'Promote web fully?', 'kubectl argo rollouts -n shop promote web --full', 'promoteFull'],
      ['Abort', 'Abort the update of web?', 'kubectl argo rollouts -n shop abort web', 'abort'],
      ['Pause', 'Pause web?', 'kubectl argo rollouts -n shop pause web', 'pause'],
      ['Restart pods', 'Restart the pods of web?', 'kubectl argo rollouts -n shop restart web', 'restart'],
    ] as const) {
      await button(page, label).click();
      await confirm(page, title, label, kubectl);
      await shows(page, '[role=status] .toast:last-child', new RegExp(`^${command} was done`, 'i'));
      expect(fake.commands.at(-1)).toEqual({ key: 'shop/web', request: { command } });
    }
    await button(page, 'Roll back to revision 2').click();
    await confirm(
      page,
      'Roll back to revision 2?',
      'Roll back',
      'kubectl argo rollouts -n shop undo web --to-revision=2',
    );
    await shows(page, '[role=status] .toast:last-child', /^Undo was done/);
    expect(fake.commands.at(-1)?.request).toEqual({ command: 'undo', revision: 2 });

    const [run = ''] = pausedView(Date.now()).revisions.flatMap(({ analysisRuns }) =>
      analysisRuns.map(({ name }) => name),
    );
    await button(page, 'End this analysis').click();
    const shell = `kubectl argo rollouts -n shop terminate analysisrun ${run}`;
    await confirm(page, 'End this analysis?', 'End the analysis', shell);
    await waitFor(() => fake.commands.at(-1)?.request.run, { what: 'the run', until: (seen) => seen === run });

    const count = fake.commands.length;
    await button(page, 'Abort').click();
    await page.keyboard.press('Escape');
    await waitFor(() => page.getByRole('dialog').count(), { what: 'no dialog', until: (seen) => seen === 0 });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Abort');
    expect(fake.commands).toHaveLength(count);

    show(fake, abortedView(Date.now(), 'web'));
    await button(page, 'Retry').click();
    await confirm(page, 'Retry the update of web?', 'Retry', 'kubectl argo rollouts -n shop retry rollout web');
    expect(fake.commands.at(-1)?.request).toEqual({ command: 'retry' });
  }),
);

test(
  'a rollout that moves on while a person is asked is told before they say yes',
  staged(async ({ fake, open }) => {
    show(fake);
    const { page } = await open(WEB);
    await button(page, 'Promote').click();
    const dialog = page.getByRole('dialog', { name: 'Promote web?' });
    await dialog.waitFor();
    show(fake);
    show(fake, promotedView(Date.now()));
    await shows(
      page,
      'dialog [role=alert]',
      /^The rollout has moved on since you were asked\. Paused at step 5 until /,
    );
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await button(page, 'Promote').click();
    await dialog.waitFor();
    expect(await dialog.getByRole('alert').innerText()).toBe('');
    expect(fake.commands).toEqual([]);
  }),
);

test(
  'a Rollout that a person has paused is resumed',
  staged(async ({ fake, open }) => {
    const view = pausedView(Date.now());
    const commands = choicesFor(view, 'all', { paused: true });
    fake.sendRollout({ ...eventOf(view, Date.now(), 'all'), commands });
    const { page } = await open(WEB);
    await button(page, 'Resume').click();
    expect(await button(page, 'Pause').count()).toBe(0);
    await confirm(
      page,
      'Resume web?',
      'Resume',
      `kubectl -n shop patch rollout web --type=merge -p '{"spec":{"paused":false}}'`,
    );
    expect(fake.commands.at(-1)?.request).toEqual({ command: 'resume' });
  }),
);

test(
  'images are changed in their place',
  staged(async ({ fake, open }) => {
    show(fake);
    const { page } = await open(WEB);
    await button(page, 'Change images').click();
    // A browser lets a person press it, and so it says why not.
    await button(page, 'Set images').click({ force: true });
    await shows(page, '[data-asked]', /^No image is changed yet\.$/);
    const image = 'registry.example/shop/web:2.4.0';
    await page.getByRole('textbox', { name: 'web' }).fill(image);
    expect(await page.getByRole('link', { name: 'Plan first' }).getAttribute('href')).toContain('/plan?images=web');
    await page.keyboard.press('Enter');
    await confirm(page, 'Release web?', 'Set images', `kubectl argo rollouts -n shop set image web web=${image}`);
    await shows(page, '[role=status] .toast', /^Done\./);
    expect(fake.commands.at(-1)?.request).toEqual({ command: 'setImages', images: [{ container: 'web', image }] });
    await button(page, 'Change images').waitFor();
  }),
);

test(
  'a person who may only look is told why, and so is one whose right has just been taken',
  staged(async ({ fake, open }) => {
    show(fake, pausedView(Date.now()), 'view');
    const { page } = await open(WEB);
    await shows(page, '.actions', /You may not patch rollouts in this namespace\.$/);
    for (const label of [
      'Promote',
      'Abort',
      'Restart pods',
      'Change images',
      'Roll back to revision 2',
      'End this analysis',
    ]) {
      const one = button(page, label);
      expect(await one.getAttribute('aria-disabled')).toBe('true');
      await one.click({ force: true });
      expect(await page.getByRole('dialog').count()).toBe(0);
      await shows(page, '[data-asked]', /^You may not patch rollouts in this namespace\.$/);
    }
    expect(fake.commands).toEqual([]);

    show(fake);
    fake.onCommand = () => problem(403, 'user "ada" cannot patch resource "rollouts/status"');
    await button(page, 'Promote').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await shows(page, '[role=alert]', /^You may not do that: user "ada" cannot patch resource "rollouts\/status"\./);
    await button(page, 'Dismiss').click();
    await waitFor(() => page.locator('.toast').count(), { what: 'no toast', until: (count) => count === 0 });
  }),
);

test(
  'without a connection nothing can be done, until it is back',
  staged(async ({ fake, open }) => {
    show(fake);
    const { page } = await open(WEB);
    await button(page, 'Promote').waitFor();
    fake.refusal = problem(502, 'the proxy finds no server');
    fake.cut();
    await shows(page, '.notice', /^The connection is lost/);
    expect(await button(page, 'Promote').getAttribute('aria-disabled')).toBe('true');
    fake.refusal = null;
    await waitFor(() => button(page, 'Promote').getAttribute('aria-disabled'), {
      what: 'Promote to be possible',
      until: (disabled) => disabled === 'false',
    });
  }),
);

test(
  'blue-green, and pods that do not start',
  staged(async ({ fake, open }) => {
    show(fake, previewView(Date.now()));
    show(fake, stuckView(Date.now()));
    const { page } = await open('rollout/shop/payments');
    await shows(page, '.heading', /payments\s+shop · BlueGreen\s+Paused/);
    expect(await page.getByRole('region', { name: 'Steps' }).count()).toBe(0);
    await shows(page, '.selections', /Service payments active\s+selects stable[\s\S]*preview\s+selects canary/);
    await page.goto(`${fake.url}rollout/shop/search`);
    await shows(page, '.sentence', /^0 of 2 .* is in ImagePullBackOff \(Back-off pulling image\)\.$/);
    expect(await page.locator('.squares [data-tone=bad]').count()).toBe(2);
  }),
);

test(
  'an Experiment with its two sides and its end',
  staged(async ({ fake, open }) => {
    show(fake, experimentView(Date.now()));
    const { page } = await open('rollout/shop/ranking');
    const experiments = page.getByRole('region', { name: 'Experiments' });
    await experiments.waitFor();
    expect(await experiments.innerText()).toMatch(
      /ranking-exp\s+Running\s+revision 3, 10m\d*s? ago, ends in \d+m[\s\S]*Σ:baseline[\s\S]*Σ:canary[\s\S]*Running/,
    );
    expect(await graveViolations(page)).toEqual([]);
  }),
);
