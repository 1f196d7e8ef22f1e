/** Worlds in which every place that may hold a secret holds one. */
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import type { Json, JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/objects.ts';

export const SECRET = 'hunter2/pa$$-w0rd';

/** The same secret for the same image, so that equal templates stay equal. */
export function withSecrets(world: RolloutWorld): RolloutWorld {
  const routed = [...world.routed].map(
    ([plural, objects]) => [plural, new Map([...objects].map(([name, one]) => [name, annotated(one)]))] as const,
  );
  return {
    ...world,
    rollout: annotated(filled(world.rollout)),
    workload: filled(world.workload),
    replicaSets: world.replicaSets.map((one) => annotated(filled(one))),
    routed: new Map(routed),
    analysis: {
      ...world.analysis,
      runs: world.analysis.runs.map(filled),
      templates: new Map([...world.analysis.templates].map(([key, one]) => [key, filled(one)])),
    },
    experiments: { ...world.experiments, own: world.experiments.own.map(filled) },
  };
}

/** Tools of people write into the annotations of whatever they like. */
function annotated<T extends KubeObject>(object: T): T {
  const annotations = { ...object.metadata.annotations, 'example.com/token': SECRET };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Containers get an environment and arguments, and metrics headers and credentials. */
function filled<T>(value: T): T {
  return fill(value as Json) as T;
}

function fill(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => fill(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Json | undefined] => {
    if (key === 'containers' && Array.isArray(item)) return [key, item.map((one: Json) => withEnvironment(one))];
    if (key === 'prometheus' && isObject(item ?? null)) return [key, { ...(item as JsonObject), ...CREDENTIALS }];
    return [key, item === undefined ? item : fill(item)];
  });
  return Object.fromEntries(entries);
}

const CREDENTIALS: JsonObject = {
  address: `https://me:${encodeURIComponent(SECRET)}@prometheus.example.test/${encodeURIComponent(SECRET)}`,
  headers: [{ key: 'Authorization', value: `Bearer ${SECRET}` }],
  authentication: { basicAuth: { username: 'me', password: SECRET } },
};

function withEnvironment(container: Json): Json {
  if (!isObject(container)) return container;
  return {
    ...container,
    env: [
      { name: 'TOKEN', value: `${SECRET}-${JSON.stringify(container['image'] ?? '')}` },
      { name: 'EMPTY', value: '' },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'web' } } },
    ],
    args: ['--password', SECRET],
    livenessProbe: { exec: { command: ['check', SECRET] } },
  };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
