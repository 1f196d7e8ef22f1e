/** Pod templates are the user's: whatever is in them reaches the pods, and one that is stored differently is no new revision (spec 4.4, 10.8). */
import { expect } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import { basicRollout, type RolloutManifest } from './manifests.ts';
import { test, type Session } from './session.ts';

/** The Rollout `web` with these fields in its pod spec. */
function withPodSpec(fields: JsonObject, container: JsonObject = {}): RolloutManifest {
  const manifest = basicRollout({ container });
  const { template } = manifest.spec;
  return { ...manifest, spec: { ...manifest.spec, template: { ...template, spec: { ...template?.spec, ...fields } } } };
}

async function podSpec(session: Session): Promise<JsonObject> {
  const [replicaSet] = await session.list('replicasets');
  return replicaSet?.spec.template.spec ?? {};
}

async function container(session: Session): Promise<JsonObject> {
  return ((await podSpec(session))['containers'] as readonly JsonObject[])[0] ?? {};
}

/** Nothing of what the server made of the template looks like another template. */
async function staysOneRevision(session: Session): Promise<void> {
  await session.until('web', { phase: 'Healthy', revision: 1 });
  await session.kubectl('annotate', 'rollout', 'web', 'touched=yes');
  await session.settled();
  expect(await session.list('replicasets')).toHaveLength(1);
  expect(await session.look('web')).toMatchObject({ phase: 'Healthy', revision: 1 });
}

test.for([
  { name: 'a number', cpu: 0.001, memory: 134217728 },
  { name: 'a text', cpu: '0.001', memory: '131072Ki' },
  { name: 'milli', cpu: '1m', memory: '0.125Gi' },
])('quantities as $name', async ({ cpu, memory }, { session }) => {
  await session.apply(withPodSpec({}, { resources: { requests: { cpu, memory }, limits: { cpu: 1, memory: '1e9' } } }));
  await staysOneRevision(session);
  expect((await container(session))['resources']).toEqual({
    requests: { cpu: '1m', memory: expect.stringMatching(/^(128Mi|134217728)$/) },
    limits: { cpu: '1', memory: expect.stringMatching(/^(1e9|1G)$/) },
  });
});

test('keys named items survive', async ({ session }) => {
  const items = [{ key: 'config', path: 'a/b.yaml' }];
  await session.apply(
    withPodSpec({
      volumes: [
        { name: 'config', configMap: { name: 'config', items } },
        { name: 'all', projected: { sources: [{ secret: { name: 's', items } }] } },
      ],
    }),
  );
  await staysOneRevision(session);
  expect((await podSpec(session))['volumes']).toMatchObject([
    { configMap: { items } },
    { projected: { sources: [{ secret: { items } }] } },
  ]);
});

test('unicode in every kind of text', async ({ session }) => {
  const value = 'grün \u{1F426} <&> \u2028 "quoted" \\ \u00e9 e\u0301';
  await session.apply(withPodSpec({}, { env: [{ name: 'GREETING', value }], args: [value, ''] }));
  await staysOneRevision(session);
  expect(await container(session)).toMatchObject({ env: [{ name: 'GREETING', value }], args: [value, ''] });
});

test('a template of half a megabyte', async ({ session }) => {
  const env = Array.from({ length: 500 }, (_, index) => ({ name: `BLOCK_${index}`, value: 'x'.repeat(1000) }));
  const manifest = JSON.stringify(withPodSpec({}, { env }));
  // Too large for the annotation of a plain apply, as large manifests are.
  const result = await session.tryKubectl(['apply', '--server-side', '-f', '-'], manifest);
  expect(result.stderr).toBe('');
  await staysOneRevision(session);
  expect((await container(session))['env']).toEqual(env);
});

test('a pod with all kinds of containers, probes, volumes and constraints', async ({ session }) => {
  const fields: JsonObject = {
    terminationGracePeriodSeconds: 5,
    hostAliases: [{ ip: '10.0.0.9', hostnames: ['db'] }],
    securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ],
    initContainers: [
      { name: 'setup', image: 'setup:1', command: ['true'] },
      { name: 'sidecar', image: 'proxy:1', restartPolicy: 'Always' },
    ],
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'host', hostPath: { path: '/var/log' } },
      { name: 'down', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ],
    dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
  };
  await session.apply(
    withPodSpec(fields, {
      livenessProbe: { httpGet: { port: 'http' } },
      readinessProbe: { tcpSocket: { port: 8080 } },
      startupProbe: { grpc: { port: 8080 } },
      lifecycle: { preStop: { sleep: { seconds: 1 } } },
      env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    }),
  );
  await staysOneRevision(session);
  expect(await podSpec(session)).toMatchObject(fields);
});
