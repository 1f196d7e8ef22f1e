import { expect, test } from 'vitest';
import { scriptOf } from './container-script.ts';
import type { ContainerScript } from './container-script.ts';
import type { ContainerSpec, Pod, RestartPolicy } from './pod.ts';

interface Row {
  readonly name: string;
  readonly container?: Partial<ContainerSpec>;
  readonly restartPolicy?: RestartPolicy;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly script: ContainerScript;
}

test.each<Row>([
  { name: 'a server', script: { kind: 'runs' } },
  { name: 'a task of unknown duration', restartPolicy: 'Never', script: { kind: 'exits', afterMs: 0, code: 0 } },
  {
    name: 'a known command',
    container: { command: ['sh', '-c'], args: ['sleep 2; exit 1'] },
    script: { kind: 'exits', afterMs: 2_000, code: 1 },
  },
  {
    name: 'annotations before the command',
    container: { command: ['sleep', '60'] },
    annotations: { 'serin.test/run-seconds': '0.5', 'serin.test/exit-code': '9' },
    script: { kind: 'exits', afterMs: 500, code: 9 },
  },
  {
    name: 'an annotation that is no number',
    annotations: { 'serin.test/run-seconds': 'soon' },
    script: { kind: 'runs' },
  },
  {
    name: 'a bad image before everything else',
    container: { image: 'registry.test/bad-image/web:1' },
    annotations: { 'serin.test/exit-code': '0' },
    script: { kind: 'cannot-pull', message: 'Back-off pulling image "registry.test/bad-image/web:1"' },
  },
  {
    name: 'a missing program',
    container: { command: ['does-not-exist'] },
    script: { kind: 'cannot-start', message: 'exec: "does-not-exist": executable file not found in $PATH' },
  },
])('$name', ({ container, restartPolicy = 'Always', annotations = {}, script }) => {
  const spec: ContainerSpec = { name: 'main', image: 'web:1', ...container };
  const pod: Pod = {
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', annotations },
    spec: { restartPolicy, containers: [spec] },
  };
  expect(scriptOf(pod, spec)).toEqual(script);
});
