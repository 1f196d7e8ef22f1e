/**
 * The demo that people start with, through an HTTPRoute and with kubectl alone, under load. With `SERIN_TRAFFIC_PAGE=write`
 * what was typed and printed behind Traefik becomes the transcript in docs/gateway-api.md.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFailed } from 'vitest';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { GATEWAY } from '../testbed/data-plane/gateway.ts';
import { chosenProxy } from '../testbed/data-plane/proxies.ts';
import { writeSection } from './page.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const NAME = 'canary-demo';
const ENOUGH = 1_000;
const PATIENCE = '--timeout=10m';
const SECTION = { page: 'docs/gateway-api.md', name: 'canary-demo' };

const THROUGH_ROUTE = [
  { op: 'replace', path: '/spec/strategy/canary/trafficRouting', value: { gatewayAPI: { httpRoute: NAME } } },
];
const GREEN = [
  { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'argoproj/rollouts-demo:green' },
];
const WRITES_PAGE = process.env.SERIN_TRAFFIC_PAGE === 'write' && chosenProxy() === 'gateway-api';
const WEIGHTS = String.raw`jsonpath={range .spec.rules[*].backendRefs[*]}{.name}: {.weight}{"\n"}{end}`;
const EVENTS = 'custom-columns=REASON:.reason,MESSAGE:.message';

/** What a person types, and what kubectl prints. */
class Terminal {
  readonly #traffic: Traffic;
  #text = '';

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  get text(): string {
    return this.#text;
  }

  /** A sentence of the page between two commands. */
  say(sentence: string): void {
    this.#text += `# ${sentence}\n`;
  }

  async kubectl(...args: readonly string[]): Promise<void> {
    await this.#run(typed(args), args);
  }

  async apply(manifest: string): Promise<void> {
    const args = ['apply', '-f', '-'];
    await this.#run(`${typed(args)} <<EOF\n${manifest.trimEnd()}\nEOF`, args, manifest);
  }

  /** What the first command prints is applied. */
  async applyPrinted(...args: readonly string[]): Promise<void> {
    const printed = await this.#traffic.session.kubectl(...args);
    const apply = ['apply', '-f', '-'];
    await this.#run(`${typed(args)} | ${typed(apply)}`, apply, printed);
  }

  async #run(line: string, args: readonly string[], stdin?: string): Promise<void> {
    const { code, stdout, stderr } = await this.#traffic.session.tryKubectl(args, stdin);
    this.#text += `$ ${line}\n${stdout}`;
    if (code !== 0) throw new Error(`${line} ended with ${code}: ${stderr}`);
  }
}

/** As it would be typed in a shell. */
function typed(args: readonly string[]): string {
  return ['kubectl', ...args.map((one) => (/^[\w./:=,-]+$/.test(one) ? one : `'${one}'`))].join(' ');
}

test('20 % for a person to look at, promoted', async ({ traffic }) => {
  const terminal = new Terminal(traffic);
  onTestFailed(() => console.error(terminal.text));
  const { host } = traffic;
  await terminal.kubectl('apply', '-f', 'examples/canary-demo-services.yaml');
  await terminal.apply(routeTo(host));
  const patch = ['patch', '--local', '-f', 'examples/canary-demo-rollout.yaml', '--type=json', '-o', 'yaml'];
  await terminal.applyPrinted(...patch, '-p', JSON.stringify(THROUGH_ROUTE));
  await phase(terminal, 'Healthy');
  await using load = await traffic.load();

  await terminal.kubectl('patch', 'rollout', NAME, '--type=json', '-p', JSON.stringify(GREEN));
  await phase(terminal, 'Paused');
  await terminal.kubectl('get', 'rollout', NAME);
  await terminal.kubectl('get', 'httproute', NAME, '-o', WEIGHTS);
  await traffic.propagated();
  const share = (await load.next(ENOUGH)).percentOf('green');
  expect(Math.abs(share - 20)).toBeLessThanOrEqual(traffic.tolerance(20, ENOUGH));
  terminal.say(`of ${ENOUGH} requests ${share.toFixed(1)} % were answered by green`);

  const promotion = JSON.stringify({ status: { pauseConditions: null } });
  await terminal.kubectl('patch', 'rollout', NAME, '--subresource=status', '--type=merge', '-p', promotion);
  for (const index of [3, 5]) {
    await terminal.kubectl('wait', `rollout/${NAME}`, `--for=jsonpath={.status.currentStepIndex}=${index}`, PATIENCE);
    await terminal.kubectl('get', 'httproute', NAME, '-o', WEIGHTS);
  }
  await phase(terminal, 'Healthy');
  await terminal.kubectl('get', 'httproute', NAME, '-o', WEIGHTS);
  await traffic.propagated();
  const wrong = (await load.next(ENOUGH)).notFrom('green');
  const answers = await load.stop();
  await traffic.account(answers.all, { scenario: 'canary-demo through an HTTPRoute, kubectl alone', wrong });
  terminal.say(`from the first version to the last: ${answers.count} requests, ${answers.failures.length} failed`);
  await traffic.session.eventsWritten();
  await terminal.kubectl('get', 'events', `--field-selector=involvedObject.name=${NAME}`, '-o', EVENTS);
  if (WRITES_PAGE) await writeSection(SECTION, await pageOf(terminal.text, traffic));
});

function phase(terminal: Terminal, wanted: string): Promise<void> {
  return terminal.kubectl('wait', `rollout/${NAME}`, `--for=jsonpath={.status.phase}=${wanted}`, PATIENCE);
}

function routeTo(host: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: ${NAME}
spec:
  parentRefs: [{name: ${GATEWAY.name}, namespace: ${GATEWAY.namespace}}]
  hostnames: [${host}]
  rules:
    - backendRefs:
        - {name: ${NAME}, port: 80, weight: 100}
        - {name: ${NAME}-canary, port: 80, weight: 0}
`;
}

/** With the host of the demo, and in the namespace that people begin with. */
async function pageOf(text: string, { host, session }: Traffic): Promise<string> {
  const ingress = await readFile(join(REPOSITORY, 'examples', 'canary-demo-ingress.yaml'), 'utf8');
  const [, own = host] = /host: (\S+)/.exec(ingress) ?? [];
  return `\`\`\`console\n${text.replaceAll(host, own).replaceAll(session.namespace, 'default').trimEnd()}\n\`\`\``;
}
