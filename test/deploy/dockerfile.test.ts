/**
 * The image of the controller, built and run without a container engine: the Dockerfile's own steps in plain
 * folders, on the pinned Node. What a base image holds beside Node is not proven here.
 */
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { buildImage, parseDockerfile, runImage, startImage, type Stage } from './dockerfile.ts';

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface PodSpec {
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly containers: readonly {
    readonly image: string;
    readonly command?: readonly string[];
    readonly args: readonly string[];
    readonly ports: readonly { readonly containerPort: number }[];
  }[];
}

const manifest = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;

let scratch: string;
let image: Stage;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'serin-image-'));
  // The image's user has to get in.
  await chmod(scratch, 0o755);
  image = await buildImage(REPOSITORY, scratch);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('the image', () => {
  test('every stage starts from the Node that package.json pins', async () => {
    const bases = parseDockerfile(await readFile(join(REPOSITORY, 'Dockerfile'), 'utf8'))
      .filter(({ verb }) => verb === 'FROM')
      .map(({ text }) => text.split(' ')[0]);
    expect(bases.length).toBeGreaterThan(1);
    expect(new Set(bases)).toEqual(new Set([`node:${manifest.devDependencies['node']}-bookworm-slim`]));
  });

  test('holds the bundles and the pages, and neither sources nor packages', async () => {
    const app = join(image.root, image.workdir);
    expect((await readdir(app)).sort()).toEqual(['.compile-cache', 'dist']);
    expect((await readdir(join(app, 'dist'))).sort()).toEqual(['cli', 'controller']);
    expect(await readdir(join(app, 'dist/cli/dashboard'))).toContain('index.html');
  });

  test('keeps a character of the controller in one byte', async () => {
    const bundle = await readFile(join(image.root, image.workdir, 'dist/controller/main.js'), 'utf8');
    expect(/[^\0-\x7f]/.exec(bundle)).toBeNull();
  });

  test('tells its version, as its user and with nothing but Node on its path', () => {
    const { status, stdout, stderr } = runImage(image, ['--version']);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('finds its code compiled: a start adds nothing', async () => {
    const compiled = () => readdir(join(image.root, image.workdir, '.compile-cache'), { recursive: true });
    const before = await compiled();
    expect(before.some((path) => path.includes('/'))).toBe(true);
    expect(runImage(image, ['--version']).status).toBe(0);
    expect((await compiled()).sort()).toEqual(before.sort());
  });

  test('explains its flags', () => {
    const { status, stdout } = runImage(image, ['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('--leader-elect');
  });

  test('refuses a flag that it does not know', () => {
    const { status, stderr } = runImage(image, ['--leader-elct']);
    expect(status).not.toBe(0);
    expect(stderr).toContain('--leader-elct');
  });
});

describe('the Deployment', () => {
  async function podSpec(path = 'deploy/controller/deployment.yaml'): Promise<PodSpec> {
    const deployment = parse(await readFile(join(REPOSITORY, path), 'utf8')) as {
      spec: { template: { spec: PodSpec } };
    };
    return deployment.spec.template.spec;
  }

  test("names this version's image, its user and its ports", async () => {
    const { containers, securityContext } = await podSpec();
    expect(containers.map(({ image: name }) => name)).toEqual([`serin:${manifest.version}`]);
    expect(`${securityContext.runAsUser}:${securityContext.runAsGroup}`).toBe(image.user);
    const ports = [...containers, ...(await podSpec('deploy/dashboard/deployment.yaml')).containers].flatMap((one) =>
      one.ports.map(({ containerPort }) => String(containerPort)),
    );
    expect(ports).toEqual(image.ports);
  });

  test.each(['deploy/controller/deployment.yaml', 'deploy/namespaced/kustomization.yaml'])(
    'passes flags in %s that the image understands',
    async (path) => {
      const text = await readFile(join(REPOSITORY, path), 'utf8');
      const args = /args: \[(.*)\]/.exec(text)?.[1]?.split(', ') ?? [];
      expect(args).not.toEqual([]);
      const { status, stderr } = runImage(image, [...args, '--version']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test('of the dashboard starts it from the same image, which serves its pages', async () => {
    const { containers, securityContext } = await podSpec('deploy/dashboard/deployment.yaml');
    const [dashboard] = containers;
    if (dashboard === undefined) throw new Error('there is no container');
    expect(dashboard.image).toBe(`serin:${manifest.version}`);
    expect(`${securityContext.runAsUser}:${securityContext.runAsGroup}`).toBe(image.user);
    const { command = [], args } = dashboard;
    const elsewhere = args.filter((one) => !one.startsWith('--certificate-authority'));
    await using process = startImage(image, [...command, ...elsewhere, '--port=0']);
    const url = await process.says(/http:\/\/0\.0\.0\.0:(\d+)\/rollouts\//);
    const at = url.replace('0.0.0.0', '127.0.0.1');
    const page = await (await fetch(at)).text();
    expect(page).toContain('<base href="/rollouts/">');
    const script = /assets\/main-[\w-]+\.js/.exec(page)?.[0] ?? '';
    const { status, headers } = await fetch(new URL(script, at));
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect((await fetch(new URL('api/v1/version', at))).status).toBe(401);
  });
});
