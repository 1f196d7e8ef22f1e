/** The commands of notifications: with files alone, and against an API server in memory. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { buildWorld } from '../core/build-world.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';
import { recordedTerminal } from './recorded-terminal.ts';

const CORE = '/api/v1/namespaces/shop';
const API = '/apis/argoproj.io/v1alpha1/namespaces/shop';
const NOTE = "Note: Serin's controller does not send notifications yet.";

const DATA = {
  'service.slack': 'token: $slack-token',
  'service.webhook.hook': 'url: http://127.0.0.1:1/in\nheaders: [{name: X-Key, value: $key}]',
  'template.paused': [
    'message: "{{.rollout.metadata.name}} has {{.rollout.spec.replicas}} for {{.recipient}}"',
    'slack: {attachments: "[{{.rollout.metadata.name | quote}}]"}',
    'webhook: {hook: {method: POST, path: "/{{.rollout.metadata.name}}", body: "{{toJson .rollout.spec.replicas}}"}}',
  ].join('\n'),
  'template.secret': 'message: "{{.secrets.key | toString}} {{index .secrets.key 0}}"',
  'trigger.on-paused': [
    '- when: rollout.spec.replicas == 1000000',
    '  send: [paused]',
    '- when: analysisRuns != nil && len(analysisRuns) > 0',
    '  send: [paused, secret]',
    '- when: rollout.none.deep == 1',
    '- when: rollout.metadata.name',
    '- send: [paused]',
  ].join('\n'),
  'trigger.on-template': '- when: rollout.spec.template.spec.containers[0].image == "web:v1"',
  'trigger.on-secret': '- when: int(string(secrets.key)) > 0',
};
const ROLLOUT = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec: { replicas: 1e6 },
};
const SECRET_DATA = { key: Buffer.from('hunter2').toString('base64') };

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await fakeCluster();
});

afterEach(() => cluster.stop());

const configMap = (data: unknown = DATA) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'argo-rollouts-notification-configmap', namespace: 'shop' },
  data,
});
const secret = (data: unknown = SECRET_DATA) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'argo-rollouts-notification-secret', namespace: 'shop' },
  data,
});

/** The path of a file with this content. */
async function file(name: string, content: unknown): Promise<string> {
  const path = join(cluster.folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Without a cluster. */
async function offline(...args: readonly string[]) {
  const terminal = recordedTerminal();
  return { code: await run(['notifications', ...args], terminal), out: terminal.out(), err: terminal.err() };
}

async function online(...args: readonly string[]) {
  const { terminal, code } = cluster.start(['notifications', ...args]);
  return { code: await code, out: terminal.out(), err: terminal.err() };
}

function put(...objects: readonly ReturnType<typeof configMap>[]): void {
  for (const object of objects) {
    const plural = object.kind === 'Secret' ? 'secrets' : 'configmaps';
    cluster.server.put(`${CORE}/${plural}/${object.metadata.name}`, { ...object });
  }
}

const reads = (): readonly string[] => cluster.server.requests.map(({ path }) => path);

describe('template get and trigger get', () => {
  test('tables, with the note on stderr and without a look at the Secret', async () => {
    put(configMap(), secret());
    const templates = await online('template', 'get');
    expect(templates).toMatchObject({ code: 0, err: expect.stringContaining(NOTE) as string });
    expect(templates.out.split('\n').map((row) => row.split(/ {2,}/))).toEqual([
      ['NAME', 'PREVIEW'],
      ['paused', '{{.rollout.metadata.name}} has {{.rollout.spec.replicas}} for {{.recipient}}'],
      ['secret', '{{.secrets.key | toString}} {{index .secrets.key 0}}'],
      [''],
    ]);
    const triggers = await online('trigger', 'get', 'on-paused');
    expect(
      triggers.out
        .split('\n')
        .map((row) => row.split(/ {2,}/))
        .slice(0, 3),
    ).toEqual([
      ['NAME', 'TEMPLATE', 'CONDITION'],
      ['on-paused', 'paused', 'rollout.spec.replicas == 1000000'],
      ['', 'paused, secret', 'analysisRuns != nil && len(analysisRuns) > 0'],
    ]);
    expect(reads().filter((path) => path.includes('secrets'))).toEqual([]);
  });

  test('names, JSON and YAML, from a file and from stdin', async () => {
    const path = await file('config.yaml', configMap());
    expect((await offline('trigger', 'get', '-o', 'name', '--config-map', path)).out).toBe(
      'on-paused\non-secret\non-template\n',
    );
    const json = await offline('template', 'get', 'secret', '-o', 'json', '--config-map', path);
    expect(JSON.parse(json.out)).toEqual({
      secret: { message: '{{.secrets.key | toString}} {{index .secrets.key 0}}' },
    });
    const terminal = recordedTerminal({ readStdin: () => Promise.resolve(JSON.stringify(configMap())) });
    expect(await run(['notifications', 'template', 'get', 'secret', '-o', 'yaml', '--config-map', '-'], terminal)).toBe(
      0,
    );
    expect(terminal.out()).toMatch(/^secret:\n {2}message: /);
  });
});

describe('trigger run', () => {
  test('a row for each condition, an error in its row', async () => {
    const [config, rollout] = [await file('config.yaml', configMap()), await file('rollout.yaml', ROLLOUT)];
    const { code, out, err } = await offline('trigger', 'run', 'on-paused', rollout, '--config-map', config);
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((row) => row.trim().split(/ {2,}/)),
    ).toEqual([
      ['CONDITION', 'RESULT'],
      ['rollout.spec.replicas == 1000000', 'true'],
      ['analysisRuns != nil && len(analysisRuns) > 0', 'false'],
      ['rollout.none.deep == 1', 'error: cannot fetch deep from <nil>'],
      ['rollout.metadata.name', 'error: expected bool, but got string'],
      ['false'],
    ]);
    expect(err).toContain('every event of the trigger is sent by it');
  });

  test('of a rollout of the cluster: its runs, the newest first, and the template of its workload', async () => {
    const { rollout } = buildWorld({ stable: 'v1', revisions: [{ version: 'v1', size: 1 }] });
    const hash = rollout.status?.currentPodHash ?? 'abc';
    const { template, selector, ...spec } = rollout.spec;
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const annotations = { 'rollout.argoproj.io/revision': '1' };
    cluster.server.put(`${API}/rollouts/web`, {
      ...rollout,
      metadata: { ...rollout.metadata, annotations },
      spec: { ...spec, workloadRef },
      status: { ...rollout.status, currentPodHash: hash },
    });
    cluster.server.put('/apis/apps/v1/namespaces/shop/deployments/web', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template, selector, replicas: 0 },
    });
    for (const [name, at, revision] of [
      ['old', 1, '1'],
      ['new', 2, '1'],
      ['other', 3, '9'],
    ] as const)
      cluster.server.put(`${API}/analysisruns/${name}`, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        metadata: {
          name,
          namespace: 'shop',
          creationTimestamp: `2026-01-0${at}T00:00:00Z`,
          labels: { 'rollouts-pod-template-hash': hash },
          annotations: { 'rollout.argoproj.io/revision': revision },
        },
      });
    put(
      configMap({
        'trigger.on-x': [
          '- when: len(analysisRuns) == 2 && analysisRuns[0].metadata.name == "new"',
          '- when: rollout.spec.template.spec.containers[0].image == "web:v1"',
          '- when: rollout.spec.selector.matchLabels.app == "web"',
          '- when: time.Now().Sub(time.Parse("2026-01-01T00:00:00Z")).Hours() > 1',
        ].join('\n'),
      }),
    );
    const { code, out } = await online('trigger', 'run', 'on-x', 'web');
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(/ {2,}/).at(-1)),
    ).toEqual(Array(4).fill('true'));
    expect(code).toBe(0);
    expect(reads().filter((path) => path.includes('secrets'))).toEqual([]);
  });

  test('the Secret is read for a condition that names it, and an error does not quote it', async () => {
    put(configMap(), secret());
    const rollout = await file('rollout.yaml', ROLLOUT);
    const { out } = await online('trigger', 'run', 'on-secret', rollout);
    expect(out).toContain('error: invalid operation: int([*****])');
    expect(out).not.toMatch(/hunter2|104/);
  });
});

describe('template notify', () => {
  test('prints what would be sent', async () => {
    const [config, rollout] = [await file('config.yaml', configMap()), await file('rollout.yaml', ROLLOUT)];
    const { out } = await offline('template', 'notify', 'paused', rollout, '--config-map', config);
    expect(out).toBe(
      [
        'message: web has 1e+06 for stdout',
        'slack:',
        '  attachments: \'["web"]\'',
        'webhook:',
        '  hook:',
        '    body: "1000000"',
        '    method: POST',
        '    path: /web',
        '',
      ].join('\n'),
    );
  });

  test('prints no value of the Secret, in no form', async () => {
    put(configMap(), secret());
    const rollout = await file('rollout.yaml', ROLLOUT);
    const { out } = await online('template', 'notify', 'secret', rollout);
    expect(out).toBe(`message: "***** ${'*'.charCodeAt(0)}"\n`);
  });

  test('the log of requests has no value of the Secret', async () => {
    put(configMap(), secret());
    const rollout = await file('rollout.yaml', ROLLOUT);
    const { err } = await online('template', 'notify', 'secret', rollout, '-v=8');
    expect(err).toContain('/secrets/argo-rollouts-notification-secret 200');
    expect(err).toContain('Response body: ');
    expect(err).not.toContain(SECRET_DATA.key);
  });

  describe('to a webhook', () => {
    let server: Server;
    let seen: { readonly line: string; readonly key: string; readonly body: string }[];
    let status = 200;

    beforeEach(async () => {
      seen = [];
      status = 200;
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (part: Buffer) => (body += part.toString()));
        request.on('end', () => {
          seen.push({ line: `${request.method} ${request.url}`, key: String(request.headers['x-key']), body });
          response.writeHead(status).end('the key hunter2 is refused');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const options = `url: http://127.0.0.1:${port}/in/\nheaders: [{name: X-Key, value: $key}]`;
      put(configMap({ ...DATA, 'service.webhook.hook': options }), secret());
    });

    afterEach(() => new Promise((resolve) => server.close(resolve)));

    test('is sent with the values of the Secret, and says so without them', async () => {
      const rollout = await file('rollout.yaml', ROLLOUT);
      const { code, out } = await online(
        'template',
        'notify',
        'paused',
        rollout,
        '--recipient',
        'hook:',
        '--recipient',
        'console:stdout',
      );
      expect(code).toBe(0);
      expect(seen).toEqual([{ line: 'POST /in/web', key: 'hunter2', body: '1000000' }]);
      expect(out).toMatch(/^sent to hook: 127\.0\.0\.1:\d+ answered with status 200\nmessage: /);
    });

    test('a refusal is an error without the values of the Secret', async () => {
      status = 500;
      const rollout = await file('rollout.yaml', ROLLOUT);
      const { code, out, err } = await online('template', 'notify', 'paused', rollout, '--recipient', 'hook:');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('answered with status 500: the key ***** is refused');
    });

    test('nothing is sent when another recipient cannot be sent to', async () => {
      const rollout = await file('rollout.yaml', ROLLOUT);
      const { code, err } = await online(
        'template',
        'notify',
        'paused',
        rollout,
        '--recipient',
        'hook:',
        '--recipient',
        'slack:news',
      );
      expect(code).toBe(1);
      expect(err).toContain(
        "'slack' is of the type slack: only the console and services of the type webhook can be sent to",
      );
      expect(seen).toEqual([]);
    });
  });
});

describe('wrong input', () => {
  test.each([
    { args: 'template get nothing', says: "there is no template 'nothing': there are paused, secret" },
    { args: 'trigger get nothing', says: "there is no trigger 'nothing': there are on-paused" },
    { args: 'trigger run nothing ROLLOUT', says: "there is no trigger 'nothing'" },
    { args: 'template notify nothing ROLLOUT', says: "there is no template 'nothing'" },
    { args: 'trigger run on-paused nowhere.yaml', says: 'there is no file nowhere.yaml' },
    { args: 'template notify paused nowhere.yaml', says: 'there is no file nowhere.yaml' },
    { args: 'trigger run on-paused CONFIG', says: 'expected one Rollout' },
    { args: 'template notify paused BROKEN', says: 'broken.yaml: ' },
    {
      args: 'template notify paused ROLLOUT --recipient chat:x',
      says: "there is no service 'chat': there are hook, slack",
    },
    { args: 'template notify paused ROLLOUT --recipient :x', says: 'expected SERVICE:RECIPIENT, not ":x"' },
    { args: 'template notify paused ROLLOUT --recipient console:stderr', says: 'the console has stdout only' },
    {
      args: 'template notify paused ROLLOUT --recipient hook: --secret ROLLOUT',
      says: 'has no Secret argo-rollouts-notification-secret',
    },
    { args: 'template notify paused ROLLOUT --recipient hook: --secret nowhere', says: 'nowhere cannot be read' },
  ])('$args', async ({ args, says }) => {
    const paths: Readonly<Record<string, string>> = {
      ROLLOUT: await file('rollout.yaml', ROLLOUT),
      CONFIG: await file('config.yaml', configMap()),
      BROKEN: await file('broken.yaml', 'a: [1'),
    };
    const words = args.split(' ').map((word) => paths[word] ?? word);
    const { code, out, err } = await offline(...words, '--config-map', paths['CONFIG'] ?? '');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(says);
  });

  test.each([
    ['template.x', 'a: [1', 'template.x is no YAML'],
    ['template.x', 'slak: {}', 'template.x: Unrecognized key: "slak"'],
    ['trigger.x', '- when: 1', 'trigger.x, at 0.when'],
    ['trigger.x', 'when: a', 'trigger.x: '],
    ['service.webhook.a.b', 'url: x', 'expected service.TYPE or service.TYPE.NAME'],
    ['subscriptions', '- recipients: a', 'subscriptions, at 0.recipients'],
    ['defaultTriggers', '{}', 'defaultTriggers: '],
  ])('a ConfigMap with %s: %j', async (key, text, says) => {
    const path = await file('config.yaml', configMap({ [key]: text }));
    const { code, err } = await offline('template', 'get', '--config-map', path);
    expect(code).toBe(1);
    expect(err).toContain(says);
  });

  test.each(['template get', 'trigger get', 'trigger run x web', 'template notify x web'])(
    '%s without a ConfigMap',
    async (args) => {
      const { code, err } = await online(...args.split(' '));
      expect(code).toBe(1);
      expect(err).toContain('there is no ConfigMap argo-rollouts-notification-configmap in the namespace shop');
    },
  );

  test('without the Secret, where it is needed', async () => {
    put(configMap());
    const rollout = await file('rollout.yaml', ROLLOUT);
    expect((await online('template', 'notify', 'secret', rollout)).err).toContain('--secret :empty');
    expect(await online('template', 'notify', 'secret', rollout, '--secret', ':empty')).toMatchObject({ code: 1 });
    expect(await online('template', 'notify', 'paused', rollout)).toMatchObject({ code: 0 });
  });

  test('both from stdin', async () => {
    const { err } = await offline('template', 'get', '--config-map', '-', '--secret', '-');
    expect(err).toContain('only one of --config-map and --secret can be stdin');
  });

  test('a template that cannot be rendered', async () => {
    const config = await file('config.yaml', configMap({ 'template.x': 'slack: {blocks: "{{.rollout.kind.x}}"}' }));
    const rollout = await file('rollout.yaml', ROLLOUT);
    const { code, err } = await offline('template', 'notify', 'x', rollout, '--config-map', config);
    expect(code).toBe(1);
    expect(err).toContain('the template cannot be rendered: slack.blocks: line 1: string has no field x');
  });
});

test('names of templates, triggers and rollouts are completed', async () => {
  put(configMap());
  cluster.server.put(`${API}/rollouts/web`, { ...ROLLOUT, metadata: { name: 'web', namespace: 'shop' } });
  const config = join(cluster.folder, 'config');
  const completed = async (...words: readonly string[]) => {
    const terminal = recordedTerminal();
    await run(['__completeNoDesc', `--kubeconfig=${config}`, '--namespace=shop', 'notifications', ...words], terminal);
    return terminal.out().trim().split('\n');
  };
  expect(await completed('')).toEqual(['template', 'trigger', ':4']);
  expect(await completed('template', '')).toEqual(['get', 'notify', ':4']);
  expect(await completed('template', 'get', '')).toEqual(['paused', 'secret', ':4']);
  expect(await completed('trigger', 'run', 'on-p')).toEqual(['on-paused', ':4']);
  expect(await completed('trigger', 'run', 'on-paused', '')).toEqual(['web', ':0']);
});
