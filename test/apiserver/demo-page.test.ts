/**
 * The page of the demo in a real browser, as a person uses it: what they see is what the pods answered through the
 * proxy, and the buttons do what they say. SERIN_SCREENSHOTS=FOLDER keeps pictures of it, the first one with the pauses of the examples.
 */
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { keepPicture, launchBrowser, openPage, PICTURES, shows, type Opened } from '../testbed/browser/pages.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { notHere } from '../testbed/not-here.ts';
import { DemoProcess, examplesWithPause, LIMIT_MS, trafficFlows } from './demo-process.ts';

/** Points. The proxy is exact, once all that is measured was sent at one weight. */
const TOLERANCE = 1;
const SQUARES_TOLERANCE = 5;

/** `null` where there is no browser. */
async function openDemo(url: string): Promise<Opened | null> {
  const browser = await launchBrowser();
  if (browser === null) return null;
  onTestFinished(() => browser.close());
  return openPage(browser, url, { viewport: { width: 1240, height: 850 }, deviceScaleFactor: 2 });
}

/** The squares of a colour. */
function squares(page: Page, colour: string): Promise<number> {
  return page.locator(`#field [data-version="${colour}"]:not([data-failed])`).count();
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
    const demo = new DemoProcess(await examplesWithPause(PICTURES === '' ? 2 : 30));
    onTestFailed(() => console.error(demo.output));
    const opened = await openDemo(await demo.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/));
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
    await keepPicture(page, 'demo.png');

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

/** The relative luminance of a colour as CSS computes it, such as `rgb(29, 125, 80)`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As text, because the types of a browser are not those of this program. */
function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);
}

/** How far what a point is drawn with stands out from what is behind the chart (WCAG 1.4.11 asks for 3). */
async function contrastOf(page: Page, outcome: 'Successful' | 'Failed'): Promise<number> {
  const drawn = await styleOf(page, `#chart .point[data-outcome=${outcome}]`, 'stroke');
  const behind = await styleOf(page, '#analysis', 'backgroundColor');
  const [darker = 0, lighter = 0] = [luminance(drawn), luminance(behind)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** In both schemes, and then in the light one. */
async function standsOut(page: Page, outcome: 'Successful' | 'Failed'): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await contrastOf(page, outcome)).toBeGreaterThanOrEqual(3);
  }
}

test(
  'a bad version goes back by itself, and the page shows what was measured and why',
  async () => {
    if (!(await trafficFlows())) return;
    const demo = new DemoProcess(await examplesWithPause(2));
    onTestFailed(() => console.error(demo.output));
    const opened = await openDemo(await demo.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/));
    if (opened === null) return notHere('the page, because there is no Chromium: name one in CHROMIUM_PATH');
    const { page, complaints } = opened;
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const bad = button('Release a bad version');
    const points = (outcome: string) => page.locator(`#chart .point[data-outcome=${outcome}]`);

    await shows(page, '#wait', /Waits for you\s+for [\s\S]*paused at step 2/);
    await shows(page, '#bad-note', /^Not now: a release is running\.$/);
    expect(await bad.isDisabled()).toBe(true);
    await shows(page, '#analysis-version', /^green, revision 2$/);
    await waitFor(() => points('Successful').count(), { what: 'good measurements', until: (count) => count > 0 });
    await standsOut(page, 'Successful');

    await button('Promote').click();
    await shows(page, '#phase', /Healthy/);
    await shows(page, '#analysis-phase', /^Successful$/);
    await shows(page, '#bad-note', /^It fails 30 % of its requests\. /);
    expect(await points('Failed').count()).toBe(0);

    await bad.press('Enter');
    await shows(page, '#canary', /red canary\s+3\s/);
    await shows(page, '#phase', /Degraded/);
    await shows(page, '#canary-asked', /asked for 0 %/);
    await shows(page, '#analysis-version', /^red, revision 3$/);
    await shows(page, '#analysis-phase', /^Failed$/);
    await shows(
      page,
      '#analysis-sentence',
      /^Went back by itself: Metric "failed-requests" assessed Failed due to failed \(3\) > failureLimit \(2\): .* 3 failed, 2 allowed\. .* of the requests of red failed, at most 10 % may\.$/,
    );
    expect(await points('Failed').count()).toBe(3);
    await standsOut(page, 'Failed');
    // The bad ones are above the limit, and the limit is where the scale says.
    const limitAt = Number(await page.locator('#chart .limit line').getAttribute('y1'));
    const heights = await points('Failed').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().y));
    const chartTop = await page.locator('#chart svg').evaluate((chart) => chart.getBoundingClientRect().y);
    for (const height of heights) expect(height - chartTop).toBeLessThan(limitAt);
    expect(await page.locator('#chart .limit').getAttribute('data-percent')).toBe('10');

    const chart = page.getByRole('img', { name: 'Failed requests of red, in percent' });
    expect(await chart.count()).toBe(1);
    expect(await page.locator('#chart desc').textContent()).toMatch(
      /^At most 10 % of the requests of red may fail\. \d+ measurements\. The last one: [\d.]+ % of \d+ requests failed, Failed, at [\d:]+\.$/,
    );
    await keepPicture(page, 'demo-bad-version.png');
    await page.getByText('Measured values').click();
    const rows = await page.locator('#measurements tr').allInnerTexts();
    expect(rows.filter((row) => /^[\d:]+\s+[\d.]+ %\s+\d+\s+Failed$/.test(row))).toHaveLength(3);
    expect(rows).toHaveLength(await page.locator('#chart .point').count());

    await button('green').click();
    await shows(page, '#phase', /Healthy/);
    expect(await bad.isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
  },
  LIMIT_MS,
);
