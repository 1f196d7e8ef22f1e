/**
 * AnalysisRuns and Experiments that the caches do not show: those that a status names, and those that have the name which
 * a new one was to get. They are read from the API server. And which of their events are news to what they were made for.
 */
import { parseAnalysisRun, type AnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import type { Trial } from '../core/analysis/run-history.ts';
import type { AnalysisWorld, ExperimentsOfRollout } from '../core/observed/world.ts';
import type { KubeObject } from '../kube/objects.ts';
import { controllerOf, isControlledBy } from '../kube/owners.ts';
import type { Write } from '../kube/plan.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, type Resource } from '../kube/resources.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { Client } from '../runtime/client.ts';
import type { InformerEvent } from '../runtime/announced-cache.ts';

type Reader = Pick<Client, 'get'>;

interface WithAnalysis {
  readonly analysis: AnalysisWorld;
}

interface WithExperiments {
  readonly experiments: ExperimentsOfRollout;
}

/**
 * - `misshapen`: there is an object, and it cannot be read as one
 * - `forbidden`: it is not known whether there is one
 */
type Found<One> =
  | { readonly kind: 'readable'; readonly one: One }
  | { readonly kind: 'misshapen'; readonly object: KubeObject; readonly why: string }
  | { readonly kind: 'forbidden'; readonly why: string }
  | { readonly kind: 'gone' };

/**
 * With the runs of those names that `owner` controls. A cache that was filled before the one of their owner may not have
 * seen them yet, as when this process has just taken over, and a run that is taken for lost would be measured anew.
 */
export async function withNamedRuns<World extends WithAnalysis>(
  client: Reader,
  world: World,
  owner: KubeObject,
  names: readonly string[],
  signal: AbortSignal,
): Promise<World> {
  const { runs, unreadable } = world.analysis;
  const found = await unseenOf(runs, owner, names, (place) => readRun(client, place, signal));
  if (found.own.length === 0 && found.unreadable === null) return world;
  return withAnalysis(world, { runs: [...runs, ...found.own], unreadable: unreadable ?? found.unreadable });
}

/** The same for Experiments. */
export async function withNamedExperiments<World extends WithExperiments>(
  client: Reader,
  world: World,
  owner: KubeObject,
  names: readonly string[],
  signal: AbortSignal,
): Promise<World> {
  const { own, unreadable } = world.experiments;
  const found = await unseenOf(own, owner, names, (place) => readExperiment(client, place, signal));
  if (found.own.length === 0 && found.unreadable === null) return world;
  return withExperiments(world, { own: [...own, ...found.own], unreadable: unreadable ?? found.unreadable });
}

/** The world after a run could not be created, with the run that has its name; `null` when none is there any more. */
export async function besideRunInTheWay<World extends WithAnalysis>(
  client: Reader,
  world: World,
  write: Write,
  signal: AbortSignal,
): Promise<World | null> {
  const { inTheWay, takenNames } = world.analysis;
  const found = await readRun(client, write, signal);
  switch (found.kind) {
    case 'readable':
      return withAnalysis(world, { inTheWay: [...inTheWay, found.one] });
    case 'misshapen':
      return withAnalysis(world, { takenNames: new Set([...takenNames, write.name]) });
    case 'forbidden':
      return withAnalysis(world, { unreadable: found.why });
    case 'gone':
      return null;
  }
}

/** The same for an Experiment. */
export async function besideExperimentInTheWay<World extends WithExperiments>(
  client: Reader,
  world: World,
  write: Write,
  signal: AbortSignal,
): Promise<World | null> {
  const { inTheWay } = world.experiments;
  const found = await readExperiment(client, write, signal);
  switch (found.kind) {
    case 'readable':
      return withExperiments(world, { inTheWay: [...inTheWay, found.one] });
    case 'misshapen':
    case 'forbidden':
      return withExperiments(world, { unreadable: found.why });
    case 'gone':
      return null;
  }
}

function withAnalysis<World extends WithAnalysis>(world: World, seen: Partial<AnalysisWorld>): World {
  return Object.freeze({ ...world, analysis: { ...world.analysis, ...seen } });
}

function withExperiments<World extends WithExperiments>(world: World, seen: Partial<ExperimentsOfRollout>): World {
  return Object.freeze({ ...world, experiments: { ...world.experiments, ...seen } });
}

/** What happens on the way is not news to the owner: only what it comes to. */
export function isNews({ type, object, previous }: InformerEvent<Trial & WithMessage>): boolean {
  if (type !== 'updated' || previous === undefined) return true;
  return (
    object.status?.phase !== previous.status?.phase ||
    object.status?.message !== previous.status?.message ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    controllerOf(object)?.uid !== controllerOf(previous)?.uid
  );
}

interface WithMessage {
  readonly status?: { readonly message?: string | undefined };
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Those of the names that are not among `seen`, and belong to the owner; and why one of them cannot be read. */
async function unseenOf<One extends KubeObject>(
  seen: readonly One[],
  { metadata: { namespace = '', uid } }: KubeObject,
  names: readonly string[],
  read: (place: Place) => Promise<Found<One>>,
): Promise<{ readonly own: readonly One[]; readonly unreadable: string | null }> {
  const unseen = names.filter((name) => !seen.some(({ metadata }) => metadata.name === name));
  const found = await Promise.all(unseen.map((name) => read({ namespace, name })));
  const own = found.flatMap((one) => (one.kind === 'readable' && isControlledBy(one.one, uid) ? one.one : []));
  const [unreadable = null] = found.flatMap((one) =>
    one.kind === 'forbidden' || (one.kind === 'misshapen' && isControlledBy(one.object, uid)) ? one.why : [],
  );
  return { own, unreadable };
}

function readRun(client: Reader, place: Place, signal: AbortSignal): Promise<Found<AnalysisRun>> {
  return read(client, ANALYSIS_RUNS, place, signal, (object) => {
    const parsed = parseAnalysisRun(object);
    return 'run' in parsed ? { one: parsed.run } : parsed;
  });
}

function readExperiment(client: Reader, place: Place, signal: AbortSignal): Promise<Found<Experiment>> {
  return read(client, EXPERIMENTS, place, signal, (object) => {
    const parsed = parseExperiment(object);
    return 'experiment' in parsed ? { one: parsed.experiment } : parsed;
  });
}

async function read<One>(
  client: Reader,
  resource: Resource,
  { namespace, name }: Place,
  signal: AbortSignal,
  parse: (object: KubeObject) => { readonly one: One } | { readonly problem: string },
): Promise<Found<One>> {
  try {
    const object = await client.get(resource, { namespace, name }, { signal });
    const parsed = parse(object);
    if ('one' in parsed) return { kind: 'readable', one: parsed.one };
    return { kind: 'misshapen', object, why: `${resource.kind} ${name} cannot be read: ${parsed.problem}` };
  } catch (error) {
    if (isApiError(error, 'notFound')) return { kind: 'gone' };
    if (isApiError(error, 'forbidden')) return { kind: 'forbidden', why: error.message };
    throw error;
  }
}
