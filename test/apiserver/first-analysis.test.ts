/**
 * The first part of docs/analysis.md as a newcomer does it: the commands of the page, typed in its order, and what it
 * says that they show. Only the page of numbers is the test's own: pods have no addresses here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { manifestsIn } from './analysis-examples.ts';
import { MetricPage } from './metric-page.ts';
import { test, type Session } from './session.ts';

const EXAMPLE = 'examples/analysis/first-analysis.yaml';
const RED = 'argoproj/rollouts-demo:red';
const GREEN = 'argoproj/rollouts-demo:green';

/** The commands in the shell blocks of the page, one a line, without their comments. */
async function commandsOfPage(): Promise<readonly string[]> {
  const page = await readFile(join(REPOSITORY, 'docs', 'analysis.md'), 'utf8');
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text);
  return blocks.flatMap((block) => block.split('\n')).map((line) => line.trim().replace(/ +#.*$/, ''));
}

/** Types a command of the page that begins so, and returns what it prints. */
async function type(session: Session, beginning: string): Promise<string> {
  const command = (await commandsOfPage()).find((line) => line.startsWith(beginning));
  if (command === undefined) throw new Error(`docs/analysis.md has no command "${beginning}"`);
  const words = [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
  return session.kubectl(...words.slice(1));
}

test('the first analysis of a newcomer lets a good release pass and takes a bad one back', async ({
  session,
  expect,
}) => {
  await using page = await MetricPage.open({ errors: 0 });
  expect(await commandsOfPage()).toContain(`kubectl apply -f ${EXAMPLE}`);
  const here = (text: string) => text.replace('http://numbers.default/stats.json', page.url);
  await session.apply(...(await manifestsIn(EXAMPLE, here)));
  await type(session, "kubectl wait rollout/shop --for=jsonpath='{.status.phase}'=Healthy");

  await type(session, 'kubectl patch rollout shop --type=json');
  await session.until('shop', { phase: 'Healthy', stableImage: GREEN, sizes: `${GREEN}=5` });
  expect(page.answered).toBe(4);
  expect(await type(session, 'kubectl get analysisruns')).toMatch(/^shop-\w+-2-1 +Successful /m);

  // What `kubectl exec deploy/numbers` does in a cluster with real pods.
  expect((await commandsOfPage()).some((line) => line.startsWith('kubectl exec deploy/numbers'))).toBe(true);
  page.shows = { errors: 50 };
  const again = (await commandsOfPage()).filter((line) => line.startsWith('kubectl patch rollout shop --type=json'));
  expect(again).toHaveLength(2);
  await type(session, again[1] ?? '');
  await session.until('shop', { phase: 'Degraded', aborted: true, stableImage: GREEN });
  const why = 'Metric "errors" assessed Failed due to failed (2) > failureLimit (1)';
  expect(await type(session, 'kubectl get rollout shop -o jsonpath')).toContain(why);
  const described = await type(session, 'kubectl describe analysisruns');
  expect(described).toContain('{"errors":50}');
  await session.until('shop', { sizes: `${GREEN}=5` });

  page.shows = { errors: 0 };
  await type(session, 'kubectl patch rollout shop --subresource=status');
  await session.until('shop', { phase: 'Healthy', stableImage: RED });
});
