/** The list of Rollouts, as a person with a mouse, a keyboard or a finger uses it. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { button, msUntil, shows } from '../../testbed/browser/pages.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { problem } from './fake-server.ts';
import { abortedView, healthyView, manyRows, pausedView, previewView, rowOf, stuckView } from './scenes.ts';
import { staged } from './stage.ts';

function sampleRows() {
  const now = Date.now();
  const team = (name: string) => ({ team: name });
  return [
    rowOf(pausedView(now), team('front')),
    rowOf(abortedView(now), team('money')),
    rowOf(previewView(now), team('money')),
    rowOf(stuckView(now), team('front')),
    rowOf(healthyView(now), team('front')),
  ];
}

function namesOn(page: Page): Promise<readonly string[]> {
  return page.locator('[data-index]').allInnerTexts();
}

function lists(page: Page, names: readonly string[]): Promise<unknown> {
  return waitFor(() => namesOn(page), {
    what: `the names ${names.join(', ')}`,
    until: (seen) => seen.join() === names.join(),
  });
}

function queryOf(page: Page): string {
  return new URL(page.url()).searchParams.toString();
}

test(
  'filters, counters and the search leave what fits, and are in the address',
  staged(async ({ fake, open }) => {
    fake.rows = sampleRows();
    const { page, complaints } = await open('');
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    await shows(page, '.heading', /5 Rollouts/);
    await shows(
      page,
      '.chips',
      /Progressing\s*1[\s\S]*Paused\s*2[\s\S]*Degraded\s*1[\s\S]*Healthy\s*1[\s\S]*Needs attention\s*3/,
    );

    await button(page, /^Paused/).click();
    await lists(page, ['payments', 'web']);
    await button(page, /^Degraded/).click();
    await lists(page, ['checkout', 'payments', 'web']);
    expect(queryOf(page)).toBe('phase=Paused%2CDegraded');
    await shows(page, '.heading', /3 of 5 Rollouts/);
    await button(page, /^Paused/).click();
    await button(page, /^Degraded/).click();
    await button(page, /^Needs attention/).click();
    await lists(page, ['checkout', 'payments', 'web']);
    await button(page, /^Needs attention/).click();

    const search = page.getByRole('searchbox', { name: 'Search' });
    for (const [text, names] of [
      ['c', ['catalogue', 'checkout', 'search']],
      ['"web"', ['web']],
      ['!team:front', ['checkout', 'payments']],
      ['web, team:money', ['checkout', 'payments', 'web']],
      ['shop/web', ['web']],
    ] as const) {
      await search.fill(text);
      await lists(page, names);
    }
    expect(queryOf(page)).toBe('search=shop%2Fweb');
    await search.fill('nothing like it');
    await button(page, 'Show all of them').click();
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    expect(queryOf(page)).toBe('');
    expect(complaints).toEqual([]);
  }),
);

test(
  'what was chosen is there again: favourites, filters, and cards or a table',
  staged(async ({ fake, open }) => {
    fake.rows = sampleRows();
    const { page } = await open('');
    await button(page, 'Favourite web').click();
    await button(page, /^Favourites/).click();
    await lists(page, ['web']);
    await button(page, 'Table').click();
    await page.getByRole('table', { name: 'Rollouts' }).waitFor();

    await page.goto(fake.url);
    await lists(page, ['web']);
    expect(await button(page, 'Favourite web').getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('table', { name: 'Rollouts' }).waitFor();
    expect(queryOf(page)).toBe('favourites=yes&view=table');
    await shows(page, '[role=row][aria-rowindex="2"]', /web\s+shop\s+Paused\s+Canary[\s\S]*1\/6\s+20 %/);

    // What is sent to another person comes before what was chosen here.
    await page.goto(`${fake.url}?phase=Healthy`);
    await lists(page, ['catalogue']);
  }),
);

test(
  'the keyboard alone finds and opens a Rollout',
  staged(async ({ fake, open }) => {
    fake.rows = sampleRows();
    const { page } = await open('');
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys and search' }).waitFor();
    await page.keyboard.press('Escape');
    await waitFor(() => page.getByRole('dialog').count(), { what: 'no dialog', until: (count) => count === 0 });

    await page.keyboard.press('/');
    await page.keyboard.type('a');
    await lists(page, ['catalogue', 'payments', 'search']);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('catalogue');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('search');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('payments');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/rollout/shop/payments');
    await page.keyboard.press('Shift+H');
    await lists(page, ['catalogue', 'payments', 'search']);
  }),
);

test(
  'changes are seen as they come, and a lost connection is told and mended',
  staged(async ({ fake, open }) => {
    fake.rows = sampleRows().slice(0, 1);
    const [web] = fake.rows;
    if (web === undefined) throw new Error('There is no row');
    const { page } = await open('shop');
    await lists(page, ['web']);
    fake.sendRows({ rows: [{ ...web, phase: 'Degraded', cause: 'it went wrong' }, ...sampleRows().slice(4)] });
    await lists(page, ['catalogue', 'web']);
    await shows(page, '.card[data-attention]', /web[\s\S]*Degraded[\s\S]*It went wrong\./);
    fake.sendRows({ gone: [{ namespace: 'shop', name: 'catalogue' }] });
    await lists(page, ['web']);

    fake.refusal = problem(503, 'the API server is away');
    fake.cut();
    await shows(page, '.notice', /^The connection is lost\. What you see was true/);
    fake.rows = sampleRows();
    fake.refusal = null;
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    await waitFor(() => page.locator('.notice').count(), { what: 'no notice', until: (count) => count === 0 });
    expect(await page.locator('.card').count()).toBe(5);
  }),
);

test(
  'what cannot be listed, and what is not there, is told with what to do',
  staged(async ({ fake, open }) => {
    const { page } = await open('');
    await shows(page, '.empty', /There are no Rollouts yet[\s\S]*kubectl argo rollouts convert/);
    fake.refusal = problem(403, 'you may not list rollouts in this namespace');
    await page.goto(`${fake.url}money`);
    await shows(page, '.empty', /cannot be listed\s+You may not list rollouts in this namespace\./);
    await page.goto(`${fake.url}rollout/a/b/c/d`);
    await shows(page, '.empty', /nothing at this address/);

    // A person who may not list namespaces begins in their own, and names others.
    fake.refusal = null;
    fake.me = { ...fake.me, namespaces: null };
    fake.rows = sampleRows();
    await page.goto(fake.url);
    await page.waitForURL('**/rollouts/shop');
    const addresses = await page.evaluate<number>('history.length');
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    await page.getByRole('textbox', { name: 'Namespace' }).fill('money');
    await page.keyboard.press('Enter');
    await shows(page, '.empty', /There are no Rollouts in money/);
    expect(new URL(page.url()).pathname).toBe('/rollouts/money');
    expect(await page.evaluate('history.length')).toBe(addresses + 1);
  }),
);

/** As if the person had gone to another tab, or had come back. */
function hide(page: Page, hidden: boolean): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));`);
}

test(
  'a page that is not looked at lets go of its stream, and is up to date when it is looked at again',
  staged(async ({ fake, open }) => {
    const { page } = await open('');
    await page.clock.install();
    fake.rows = sampleRows().slice(0, 1);
    await page.goto(fake.url);
    await lists(page, ['web']);
    expect(fake.openStreams).toBe(1);
    await hide(page, true);
    await page.clock.fastForward(60_000);
    await waitFor(() => fake.openStreams, { what: 'no stream', until: (count) => count === 0 });
    fake.rows = sampleRows();
    await hide(page, false);
    await lists(page, ['catalogue', 'checkout', 'payments', 'search', 'web']);
    expect(fake.openStreams).toBe(1);
    expect(await page.locator('.notice').count()).toBe(0);
  }),
);

/** Milliseconds from the key to the next picture. */
const KEYSTROKE = `(async () => {
  const input = document.querySelector('#search');
  const times = [];
  for (const text of ['w', 'we', 'web', 'web-1', '', 'team:checkout', '!web', '']) {
    const at = performance.now();
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - at);
  }
  return Math.max(...times);
})()`;

test(
  '500 Rollouts are there soon, and 2,000 are filtered, updated and scrolled without lag',
  staged(async ({ fake, open }) => {
    const rows = manyRows(2000, Date.now());
    fake.rows = rows.slice(0, 500);
    const { page } = await open('', { reducedMotion: 'reduce' });
    const firstMs = await msUntil(page, '[data-index]');

    fake.rows = rows;
    await page.goto(fake.url);
    await shows(page, '.heading', /2,000 Rollouts/);
    // However many there are, only those in view are drawn.
    expect((await namesOn(page)).length).toBeLessThan(120);
    const keystrokeMs = await page.evaluate<number>(KEYSTROKE);
    await page.evaluate(`(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
    }).observe({ type: 'longtask' });
  })()`);
    for (let round = 1; round <= 10; round += 1) {
      fake.sendRows({ rows: rows.slice(0, 200).map((row) => ({ ...row, cause: `round ${round}` })) });
      await shows(page, '.card .cause', new RegExp(`^Round ${round}\\.$`));
    }
    const longestMs = await page.evaluate<number>('window.longest');
    process.stdout.write(
      `500 Rollouts are there after ${Math.round(firstMs)} ms; of 2,000, a key takes ${Math.round(keystrokeMs)} ms, ` +
        `and of 10 updates of 200 the longest task ${longestMs < 50 ? 'less than 50' : Math.round(longestMs)} ms\n`,
    );

    for (const view of ['cards', 'table']) {
      await page.goto(`${fake.url}?view=${view}`);
      await shows(page, '.heading', /2,000 Rollouts/);
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      await waitFor(() => page.locator('[data-index="1999"]').count(), { what: 'the last Rollout' });
      expect((await namesOn(page)).length).toBeLessThan(120);
    }
  }),
);
