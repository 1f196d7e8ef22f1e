/**
 * The page of the demo in a real browser, as a person uses it: what they see is what the pods answered through the
 * proxy, and the buttons do what they say. SERIN_SCREENSHOT=FILE keeps a picture of it, with the pauses of the examples.
 */
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { findChromium } from './chromium.ts';
import { DemoProcess, examplesWithPause, LIMIT_MS, notHere, trafficFlows } from './demo-process.ts';

/** Points. The proxy is exact, once all that is measured was sent at one weight. */
const TOLERANCE = 1;
const SQUARES_TOLERANCE = 5;

/** The page, and everything that its browser complained about. */
async function openPage(url: string): Promise<{ readonly page: Page; readonly complaints: readonly string[] } | null> {
  const launch = await findChromium();
  if (launch === null) return null;
  const browser = await chromium.launch(launch);
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1240, height: 850 }, deviceScaleFactor: 2 });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** The squares of a colour. */
function squares(page: Page, colour: string): Promise<number> {
  return page.locator(`#field [data-version="${colour}"]:not([data-failed])`).count();
}

function shows(page: Page, selector: string, pattern: RegExp): Promise<string> {
  return waitFor(() => page.locator(selector).innerText(), {
    what: `${selector} of the page to show ${pattern}`,
    until: (text) => pattern.test(text),
    timeoutMs: LIMIT_MS / 6,
  });
}

/** The measured share is as asked for, and so are the squares. */
async function settlesAt(page: Page, percent: number, colour: string): Promise<void> {
  await waitFor(async () => Number.parseFloat(await page.locator('#canary-measured').innerText()), {
    what: `${colour} to get ${percent} %`,
    until: (measured) => Math.abs(measured - percent) <= TOLERANCE,
    timeoutMs: LIMIT_MS / 6,
  });
  const all = await page.locator('#field [data-version]').count();
  expect(all).toBeGreaterThan(150);
  expect(Math.abs((100 * (await squares(page, colour))) / all - percent)).toBeLessThan(SQUARES_TOLERANCE);
}

test(
  'blue squares, a share of green ones, promoted; orange ones, aborted and healed; none of them failed',
  async () => {
    if (!(await trafficFlows())) return;
    const picture = process.env.SERIN_SCREENSHOT ?? '';
    const demo = new DemoProcess(await examplesWithPause(picture === '' ? 2 : 30));
    onTestFailed(() => console.error(demo.output));
    const opened = await openPage(await demo.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/));
    if (opened === null) return notHere('the page, because there is no Chromium: name one in CHROMIUM_PATH');
    const { page, complaints } = opened;
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    await waitFor(() => squares(page, 'blue'), { what: 'blue squares', until: (count) => count > 10 });
    await shows(page, '#stable', /blue stable\s+1\s/);

    await shows(page, '#canary-asked', /asked for 20 %/);
    await shows(page, '[aria-current=step]', /^pause/);
    await shows(page, '#wait', /Waits for you\s+for [\s\S]*paused at step 2/);
    await settlesAt(page, 20, 'green');
    expect(await button('Retry').isDisabled()).toBe(true);
    expect(await button('green').isDisabled()).toBe(true);
    if (picture !== '') await page.screenshot({ path: picture, animations: 'disabled' });

    await button('Promote').press('Enter');
    await shows(page, '#phase', /Healthy/);
    await shows(page, '#stable', /green stable\s+2\s/);
    await waitFor(() => squares(page, 'blue'), { what: 'no blue squares', until: (count) => count === 0 });
    for (const name of ['Promote', 'Abort', 'Retry']) expect(await button(name).isDisabled()).toBe(true);

    await button('orange').click();
    await shows(page, '#wait', /Waits for you\s+for [\s\S]*paused at step 2/);
    await shows(page, '#canary', /orange canary\s+3\s/);
    await waitFor(() => squares(page, 'orange'), { what: 'orange squares', until: (count) => count > 10 });

    await button('Abort').click();
    await shows(page, '#phase', /Degraded/);
    await shows(page, '#canary-asked', /asked for 0 %/);
    expect(await button('Retry').isEnabled()).toBe(true);
    await waitFor(() => squares(page, 'orange'), { what: 'no orange squares', until: (count) => count === 0 });

    await button('green').click();
    await shows(page, '#phase', /Healthy/);

    const answered = await shows(page, '#answered', /^of [\d,]+ requests$/);
    expect(Number(answered.replaceAll(/\D/g, ''))).toBeGreaterThan(500);
    expect(await page.locator('#failed').innerText()).toBe('0');
    expect(await page.locator('#field [data-failed]').count()).toBe(0);
    expect(complaints).toEqual([]);

    const kubeconfig = await demo.printed(/--kubeconfig=(\S+)/);
    expect(existsSync(kubeconfig)).toBe(true);
    expect(await demo.end('SIGTERM')).toBe(143);
    expect(existsSync(kubeconfig)).toBe(false);
    await shows(page, '#notice', /The demo has ended/);
    expect(await button('Promote').isDisabled()).toBe(true);
  },
  LIMIT_MS,
);
