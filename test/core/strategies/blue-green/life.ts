/**
 * The life of a Rollout from look to look: every look is decided on the world that the one before has left, and pods
 * follow their ReplicaSets at once. What else happens is said by the test.
 */
import type { AnalysisRun } from '../../../../src/api/schema/analysis-run.ts';
import { LABELS } from '../../../../src/api/words/labels.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import { selectedHash } from '../../../../src/core/observed/endpoints.ts';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import type { JsonObject } from '../../../../src/kube/json.ts';
import type { Write } from '../../../../src/kube/plan.ts';
import { formatTime } from '../../../../src/kube/time.ts';
import { patched } from '../../../../src/kube/patched.ts';
import {
  buildSituation,
  buildWorld,
  hashOf,
  NAME,
  NOW,
  replicaSetNameOf,
  type Revision,
  type WorldOptions,
} from '../../build-world.ts';
import { statusAfter } from '../../plan-effects.ts';

export interface Life {
  readonly world: WorldOptions & { readonly now: number; readonly revisions: readonly Revision[] };
  /** Messages of all events so far. */
  readonly told: readonly string[];
}

/** More looks than anything takes that ends at all. */
const MANY_LOOKS = 30;

export function lifeOf(world: WorldOptions & { readonly revisions: readonly Revision[] }): Life {
  return { world: { now: NOW, ...world }, told: [] };
}

/** The world with something changed by another than the controller. */
export function happens(life: Life, change: Partial<WorldOptions>): Life {
  return { ...life, world: { ...life.world, ...change, now: life.world.now, revisions: life.world.revisions } };
}

/** A person writes into the status. */
export function commanded(life: Life, status: RolloutStatus): Life {
  return happens(life, { status: { ...life.world.status, ...status } });
}

/** Every run that has not finished gets that phase. */
export function measured(life: Life, phase: string, message?: string): Life {
  const runs = (life.world.runs ?? []).map((run) =>
    ['', 'Running'].includes(run.status?.phase ?? '')
      ? { ...run, status: { phase, ...(message === undefined ? {} : { message }) } }
      : run,
  );
  return happens(life, { runs });
}

/** Pods of a revision that are available, whatever its size; `undefined`: all. */
export function available(life: Life, version: string, count: number | undefined): Life {
  const revisions = life.world.revisions.map((one) => {
    const { available: _before, ...rest } = one;
    if (one.version !== version) return one;
    return count === undefined ? rest : { ...rest, available: count };
  });
  return { ...life, world: { ...life.world, revisions } };
}

export function later(life: Life, seconds: number): Life {
  return { ...life, world: { ...life.world, now: life.world.now + seconds * 1000 } };
}

/** One look after the other, a second apart, until one writes nothing. */
export function settled(life: Life): Life {
  let now = life;
  for (let look = 0; look < MANY_LOOKS; look += 1) {
    const next = looked(now);
    if (next === now) return now;
    now = later(next, 1);
  }
  throw new Error('the looks do not come to an end');
}

/** The same life when there was nothing to write. `atMost`: the controller is killed after so many writes. */
export function looked(life: Life, atMost = Number.POSITIVE_INFINITY): Life {
  const world = buildWorld(life.world);
  const writes = decideRollout(world).writes.slice(0, atMost);
  if (writes.length === 0) return life;
  const situation = buildSituation(life.world);
  const selects = Object.fromEntries(
    [...world.services.keys()].map((service) => [service, versionOf(life, selectedHash(situation, service))]),
  );
  return {
    told: [...life.told, ...writes.flatMap(({ events = [] }) => events.map(({ message }) => message))],
    world: {
      ...life.world,
      status: statusAfter(world, writes),
      annotations: { ...life.world.annotations, ...annotationsIn(writes, NAME) },
      selects: { ...selects, ...selectionsIn(life, writes) },
      revisions: revisionsAfter(life, writes),
      runs: runsAfter(life, writes),
    },
  };
}

/** What becomes of a life when the controller is killed between two writes and started again, for every such pair. */
export function survivals(life: Life): readonly Life[] {
  const lives: Life[] = [];
  let now = life;
  for (let next = looked(now); next !== now; next = looked(now)) {
    const count = decideRollout(buildWorld(now.world)).writes.length;
    for (let made = 1; made < count; made += 1) lives.push(settled(later(looked(now, made), 1)));
    now = later(next, 1);
  }
  return lives;
}

/** What the world shows by now. The five counts are in the order of the specification: spec.replicas, and those of the status. */
export function shown(life: Life) {
  const { status = {}, selects = {}, replicas, runs = [], revisions } = life.world;
  const { phase, message, updatedReplicas, readyReplicas, availableReplicas } = status;
  const names = runs.map(
    ({ metadata, status: run }) => `${metadata.name.replace(/^web-\w+-/, '')} ${run?.phase ?? ''}`,
  );
  return {
    phase: `${phase}: ${message}`,
    stable: versionOf(life, status.stableRS ?? ''),
    active: selects['web'],
    preview: selects['web-preview'],
    sizes: Object.fromEntries(revisions.map(({ version, size = 0 }) => [version, size])),
    counts: [replicas, status.replicas, updatedReplicas, readyReplicas, availableReplicas].join(','),
    runs: names.map((name) => name.trim()),
  };
}

/** The version of a hash, `null` for none. */
function versionOf({ world }: Life, hash: string): string | null {
  const versions = [...world.revisions.map(({ version }) => version), world.version ?? ''];
  return hash === '' ? null : (versions.find((version) => hashOf(version) === hash) ?? hash);
}

function patchesOf(writes: readonly Write[], plural: string, name: string): readonly JsonObject[] {
  return writes.flatMap((write) =>
    write.op === 'patch' && write.resource.plural === plural && write.name === name ? [write.patch] : [],
  );
}

function annotationsIn(writes: readonly Write[], rollout: string): Readonly<Record<string, string>> {
  const metadata = patchesOf(writes, 'rollouts', rollout).map((patch) => patch['metadata'] as JsonObject | undefined);
  return Object.assign({}, ...metadata.map((one) => one?.['annotations'] ?? {})) as Record<string, string>;
}

function selectionsIn(life: Life, writes: readonly Write[]): Readonly<Record<string, string | null>> {
  const moved = writes.flatMap((write) => {
    if (write.op !== 'patch' || write.resource.plural !== 'services') return [];
    const { selector } = (write.patch['spec'] ?? {}) as { selector?: Record<string, string | null> };
    return [[write.name, versionOf(life, selector?.[LABELS.podTemplateHash] ?? '')] as const];
  });
  return Object.fromEntries(moved);
}

function revisionsAfter({ world }: Life, writes: readonly Write[]): readonly Revision[] {
  const after = world.revisions.map((one, index): Revision => {
    const written = patchesOf(writes, 'replicasets', replicaSetNameOf(one.version)).reduce<JsonObject>(patched, {
      metadata: { annotations: { ...one.annotations } },
      spec: { replicas: one.size ?? 0 },
    });
    const { metadata, spec } = written as { metadata: Pick<Revision, 'annotations'>; spec: { replicas: number } };
    return { ...one, number: one.number ?? index + 1, annotations: metadata.annotations ?? {}, size: spec.replicas };
  });
  const created = writes.flatMap((write): readonly Revision[] => {
    if (write.op !== 'create' || write.resource.plural !== 'replicasets') return [];
    const { replicas } = write.body['spec'] as { replicas: number };
    return [{ version: world.version ?? '', size: replicas, createdAt: world.now }];
  });
  return [...after, ...created];
}

function runsAfter({ world }: Life, writes: readonly Write[]): readonly AnalysisRun[] {
  const deleted = new Set(
    writes.filter(({ op, resource }) => op === 'delete' && resource.plural === 'analysisruns').map(({ name }) => name),
  );
  const present = (world.runs ?? [])
    .filter(({ metadata }) => !deleted.has(metadata.name))
    .map((run) => {
      const patches = patchesOf(writes, 'analysisruns', run.metadata.name);
      return patches.reduce<JsonObject>(patched, run as unknown as JsonObject) as unknown as AnalysisRun;
    });
  const created = writes.flatMap((write): readonly AnalysisRun[] => {
    if (write.op !== 'create' || write.resource.plural !== 'analysisruns') return [];
    const body = write.body as unknown as AnalysisRun;
    const seen = { uid: `uid-${write.name}`, resourceVersion: '1', creationTimestamp: formatTime(world.now) };
    return [{ ...body, metadata: { ...body.metadata, ...seen } }];
  });
  return [...present, ...created];
}
