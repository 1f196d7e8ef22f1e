/** A browser for the tests of a file, and what its pages complain about. */
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { waitFor } from '../cluster/wait.ts';
import { findChromium } from './chromium.ts';

/** Where pictures are kept; '' for nowhere. */
export const PICTURES = process.env.SERIN_SCREENSHOTS ?? '';

/** `null` where there is no browser to launch. */
export async function launchBrowser(): Promise<Browser | null> {
  const launch = await findChromium();
  return launch === null ? null : chromium.launch(launch);
}

export interface Opened {
  readonly page: Page;
  /** Errors of scripts, what was blocked or could not be loaded, and requests to other hosts. */
  readonly complaints: readonly string[];
}

/** A page without any memory of others. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) complaints.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** The text of the first element that fits, once it shows the pattern. */
export function shows(page: Page, selector: string, pattern: RegExp): Promise<string> {
  return waitFor(() => page.locator(selector).first().innerText({ timeout: 5000 }), {
    what: `${selector} to show ${pattern}`,
    until: (seen) => pattern.test(seen),
  });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole('button', { name, exact: true });
}

export async function keepPicture(page: Page, name: string, fullPage = true): Promise<void> {
  if (PICTURES === '') return;
  await page.screenshot({ path: join(PICTURES, name), animations: 'disabled', fullPage });
}

/** How long after the navigation began an element is there, in milliseconds. */
export function msUntil(page: Page, selector: string): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () =>
      document.querySelector(${JSON.stringify(selector)}) ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  })`);
}
