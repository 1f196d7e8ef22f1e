/** The command `convert`: what it reads, what it prints where, and its exit codes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { run } from '../../src/cli/run.ts';
import { KRUISE_V1BETA1 } from '../convert/manifests.ts';
import { DEPLOYMENT, INGRESS, KRUISE_BETA, SERVICE } from '../convert/samples.ts';
import { recordedTerminal } from './recorded-terminal.ts';

const WHOLE = [KRUISE_BETA, DEPLOYMENT, SERVICE, INGRESS].join('---\n');

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function convert(stdin: string, ...args: readonly string[]): Promise<Answer> {
  const terminal = recordedTerminal({ readStdin: () => Promise.resolve(stdin) });
  const code = await run(['convert', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const kindsOf = ({ out }: Answer): readonly unknown[] =>
  parseAllDocuments(out).map((document) => (document.toJS() as { readonly kind: string }).kind);

describe('exit codes', () => {
  test('0 when all is translated', async () => {
    const answer = await convert(WHOLE, '-f', '-');
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(kindsOf(answer)).toEqual(['Rollout', 'Service']);
  });

  test('3 when a person has to decide something: it is printed', async () => {
    const answer = await convert(KRUISE_BETA, '-f', '-');
    expect(answer).toMatchObject({ code: 3, err: 'Note: 2 points are to be decided by a person: look for DECIDE.\n' });
    expect(answer.out).toContain(
      '  # DECIDE: The Deployment web is not among the documents: write as many pods as it has.\n  replicas: 1\n',
    );
  });

  test('1 when something is refused: nothing is printed', async () => {
    const answer = await convert(WHOLE.replace('nginx, name: web }', 'higress, name: web }'), '-f', '-');
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.err).toMatch(
      /^Refused: Rollout web, spec\.strategy\.canary\.trafficRoutings\[0\]\.ingress\.classType: higress: .*\nError: nothing is printed, .*\n$/,
    );
  });

  test('1 with --strict when a person has to decide something: nothing is printed', async () => {
    const answer = await convert(KRUISE_BETA, '-f', '-', '--strict');
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.err).toContain('DECIDE: Rollout web spec.replicas: The Deployment web is not among the documents');
    expect(await convert(WHOLE, '-f', '-', '--strict')).toMatchObject({ code: 0 });
  });

  test.each([
    {
      what: 'nothing to convert',
      stdin: SERVICE,
      message: 'there is no Kruise Rollout, Canary or Deployment to convert',
    },
    { what: 'no YAML', stdin: 'a: [', message: 'stdin: ' },
    { what: 'another document', stdin: 'a: b', message: 'stdin: not a Kubernetes object: apiVersion: ' },
  ])('1 for $what', async ({ stdin, message }) => {
    const answer = await convert(stdin, '-f', '-');
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.err).toContain(message);
  });

  test('1 without -f, and for a file that is not there', async () => {
    expect((await convert('')).err).toContain('-f FILE is missing');
    expect(await convert('', '-f', '/nowhere.yaml')).toMatchObject({ code: 1, out: '' });
  });
});

describe('-o json', () => {
  test('is a List that kubectl applies, with the comments beside it', async () => {
    const answer = await convert(KRUISE_BETA, '-f', '-', '-o', 'json');
    expect(JSON.parse(answer.out)).toMatchObject({ kind: 'List', items: [{ kind: 'Rollout', spec: { replicas: 1 } }] });
    expect(answer.err).toContain('DECIDE: Rollout web spec.replicas: ');
    expect(answer.code).toBe(3);
  });
});

test('files and folders are one set, in which objects find each other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-convert-'));
  try {
    await writeFile(join(folder, 'deployment.yml'), DEPLOYMENT);
    await writeFile(join(folder, 'service.json'), JSON.stringify(parse(SERVICE)));
    await writeFile(join(folder, 'README.md'), 'no manifest');
    const rollout = join(folder, 'rollout.txt');
    await writeFile(rollout, `${KRUISE_BETA}---\n${INGRESS}`);
    const answer = await convert('', '-f', folder, '--filename', rollout);
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(kindsOf(answer)).toEqual(['Rollout', 'Service']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a List, as kubectl get prints it, is read', async () => {
  const items = parseAllDocuments(WHOLE).map((document) => document.toJS() as object);
  const answer = await convert(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), '-f', '-');
  expect(kindsOf(answer)).toEqual(['Rollout', 'Service']);
});

test('what is not converted is named', async () => {
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n';
  const answer = await convert([WHOLE, other].join('---\n'), '-f', '-');
  expect(answer).toMatchObject({ code: 0, err: 'Note: ConfigMap settings is not converted, and nothing needs it.\n' });
});

test('comments stand before what they are about', async () => {
  const { out } = await convert([KRUISE_V1BETA1].join('---\n'), '-f', '-');
  expect(out).toMatchInlineSnapshot(`
    "# From a Kruise Rollout. Delete that one while no release runs, then apply this.
    # spec.strategy.canary.enableExtraWorkloadForCanary: not needed, each revision has pods of its own,
    # and those of the canary become the stable ones.
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata:
      name: echoserver
    spec:
      # DECIDE: The Deployment echoserver is not among the documents: write as many pods as it has.
      replicas: 1
      workloadRef:
        apiVersion: apps/v1
        kind: Deployment
        name: echoserver
        scaleDown: onsuccess
      strategy:
        canary:
          stableService: echoserver
          # Kruise made this Service for each release. Here it stays.
          # DECIDE: The Service echoserver is not among the documents: create echoserver-canary, a copy of it
          # with another name.
          canaryService: echoserver-canary
          trafficRouting:
            managedRoutes:
              - name: echoserver-matches
            nginx:
              stableIngress: echoserver
          # Kruise's last step, of 100 %, is not needed: after the last step all traffic goes to the new
          # version.
          steps:
            - setCanaryScale:
                replicas: 1
            # spec.strategy.canary.steps[0].traffic: 5% has no effect beside matches, in Kruise either: only they
            # reach the canary.
            - setHeaderRoute:
                name: echoserver-matches
                match:
                  - headerName: user-agent
                    headerValue:
                      exact: pc
            - pause: {}
            - setHeaderRoute:
                name: echoserver-matches
            - setCanaryScale:
                matchTrafficWeight: true
            - setWeight: 50
            - pause:
                duration: 60
    "
  `);
});
