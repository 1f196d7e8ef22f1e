/**
 * Writes cost the API server something: none changes nothing, and their number is in proportion to what
 * happened.
 */
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Write } from '../../../src/kube/plan.ts';
import {
  ANALYSIS_RUNS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
} from '../../../src/kube/resources.ts';
import type { Finding } from './violation.ts';
import type { WriteFacts } from './write-facts.ts';

/** A write that was decided on what the object still is, and leaves it as it is. */
function everyWriteChangesSomething({ made: { write, world, before, answer, author } }: WriteFacts): Finding {
  if (
    answer.outcome !== 'made' ||
    answer.changed ||
    write.op === 'delete' ||
    write.op === 'evict' ||
    author !== 'serin'
  )
    return null;
  const seen = seenBy(world, write);
  const wasUpToDate = seen?.metadata.resourceVersion === before?.metadata.resourceVersion;
  return wasUpToDate ? `${write.op} ${write.resource.plural} ${write.name}: ${write.why}` : null;
}

function seenBy(world: RolloutWorld, { resource, name }: Write): KubeObject | undefined {
  switch (resource.plural) {
    case ROLLOUTS.plural:
      return world.rollout;
    case REPLICA_SETS.plural:
      return world.replicaSets.find((one) => one.metadata.name === name);
    case PODS.plural:
      return world.pods.find((one) => one.metadata.name === name);
    case ANALYSIS_RUNS.plural:
      return world.analysis.runs.find((one) => one.metadata.name === name);
    case EXPERIMENTS.plural:
      return world.experiments.own.find((one) => one.metadata.name === name);
    case SERVICES.plural:
      return world.services.get(name);
    case INGRESSES.plural:
      return ingressesIn(world).get(name);
    default:
      return undefined;
  }
}

export const usefulWriteInvariants = { everyWriteChangesSomething } satisfies Record<
  string,
  (facts: WriteFacts) => Finding
>;
