import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlPlane } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';
import { startController } from './controller-process.ts';
import { CONTROLLER } from './credentials.ts';
import { installSerin } from './install.ts';

const entry = join(import.meta.dirname, 'fixtures', 'tiny-controller.ts');

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane.stop());

test('it runs as the ServiceAccount, ends as asked and starts again', async () => {
  const controller = await startController(plane, { entry });
  const firstPid = controller.pid;
  expect((await fetch(`${controller.healthUrl}/readyz`)).status).toBe(200);
  expect(await controller.log()).toContain(`started with ${plane.kubeconfigPath(CONTROLLER)}`);
  await controller.restart();
  expect(controller.pid).not.toBe(firstPid);
  expect((await controller.log()).match(/started with/g)).toHaveLength(2);
  expect(await controller.kill('SIGTERM')).toBe(0);
  await controller.start();
  expect(await controller.kill('SIGKILL')).toBe('SIGKILL');
});

test('an early end is an error with the last words of the controller', async () => {
  const failing = startController(plane, { name: 'failing', entry, flags: ['--fail'] });
  await expect(failing).rejects.toThrow(/failing ended with 3; .*\nthe flag --fail was given/);
});

test('installing a kustomization gives the controller the rights in it and no more', async () => {
  const dir = join(plane.scratch, 'kustomization');
  await mkdir(dir);
  const rbac = 'rbac.authorization.k8s.io';
  const manifests = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'serin-system' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'serin', namespace: 'serin-system' } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'serin' },
      rules: [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'serin' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'serin' },
      subjects: [{ kind: 'ServiceAccount', name: 'serin', namespace: 'serin-system' }],
    },
  ];
  await writeFile(join(dir, 'all.yaml'), manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
  await writeFile(join(dir, 'kustomization.yaml'), JSON.stringify({ resources: ['all.yaml'] }));
  await installSerin(plane, dir);
  expect((await plane.kubectl(['get', 'services', '-A'], { user: CONTROLLER })).code).toBe(0);
  expect((await plane.kubectl(['get', 'secrets', '-A'], { user: CONTROLLER })).stderr).toContain('forbidden');
});
