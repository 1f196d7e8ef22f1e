/** The page that the demo's analysis reads: what it says about answers with known moments, and where it is asked for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { AnalysisRunSpec } from '../../src/api/schema/analysis-run.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { NUMBERS_PORT, numbersOf, readQuery, serveNumbers } from '../../examples/demo/numbers.ts';

const NOW = 100_000;
const IMAGE = 'argoproj/rollouts-demo:bad-red';

function answer(doneAt: number, version: string, status = 200): Answer {
  return { sentAt: doneAt - 5, doneAt, version, status, fresh: false };
}

const ANSWERS: readonly Answer[] = [
  answer(NOW - 6_000, 'red', 500),
  answer(NOW - 5_000, 'red', 500),
  answer(NOW - 4_000, 'red'),
  answer(NOW - 3_000, 'blue', 500),
  answer(NOW - 2_000, '', 502),
  answer(NOW - 1_000, 'red', 500),
  answer(NOW, 'red'),
];

test.each([
  { what: 'a version within its seconds', version: 'red', is: { requests: 3, failed: 1, failedPercent: 33.3 } },
  { what: 'another one', version: 'blue', is: { requests: 1, failed: 1, failedPercent: 100 } },
  { what: 'one without requests', version: 'green', is: { requests: 0, failed: 0, failedPercent: null } },
])('the numbers of $what', ({ version, is }) => {
  expect(numbersOf(ANSWERS, { version, seconds: 5 }, NOW)).toEqual(is);
});

test.each([
  { url: `/answers?image=${IMAGE}&seconds=5`, query: { version: 'red', seconds: 5 } },
  { url: '/answers?image=demo:blue&seconds=2.5', query: { version: 'blue', seconds: 2.5 } },
  { url: '/answers?seconds=5', query: null },
  { url: '/answers?image=demo:blue', query: null },
  { url: '/answers?image=demo:blue&seconds=-1', query: null },
  { url: '/answers?image=demo:blue&seconds=soon', query: null },
  { url: '/?image=demo:blue&seconds=5', query: null },
])('$url asks for $query', ({ url, query }) => {
  expect(readQuery(url)).toEqual(query);
});

async function metric(): Promise<AnalysisRunSpec['metrics'][number]> {
  const text = await readFile(join(REPOSITORY, 'examples/demo/analysis/template.yaml'), 'utf8');
  const { spec } = parse(text) as { readonly spec: AnalysisRunSpec };
  const [only] = spec.metrics;
  if (only === undefined) throw new Error('the template has no metric');
  return only;
}

test('the template asks where the demo answers, and waits as long as it looks back', async () => {
  const { provider, initialDelay } = await metric();
  const { url = '' } = provider.web ?? {};
  const { origin, pathname, search } = new URL(url.replace('{{args.image}}', IMAGE));
  expect(origin).toBe(`http://127.0.0.1:${NUMBERS_PORT}`);
  const query = readQuery(pathname + search);
  expect(query?.version).toBe('red');
  expect(initialDelay).toBe(`${query?.seconds}s`);
});

test('what is asked for is answered as JSON, anything else is not found', async () => {
  const page = await serveNumbers(() => ANSWERS.map((one) => ({ ...one, doneAt: Date.now() })), 0);
  onTestFinished(() => page.close());
  const known = await fetch(`http://127.0.0.1:${page.port}/answers?image=${IMAGE}&seconds=5`);
  expect(await known.json()).toEqual({ requests: 5, failed: 3, failedPercent: 60 });
  const unknown = await fetch(`http://127.0.0.1:${page.port}/`);
  expect(unknown.status).toBe(404);
});
