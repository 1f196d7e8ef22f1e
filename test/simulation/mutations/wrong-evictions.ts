/**
 * Wrong ways to restart pods: the plan of the core with other evictions than it holds. Each says which invariant has
 * to catch it.
 */
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { EvictWrite } from '../../../src/kube/plan.ts';
import { PODS } from '../../../src/kube/resources.ts';
import { writing, type Mutation } from './mutation.ts';

function evictionsOf({ pods, rollout }: RolloutWorld): EvictWrite[] {
  return pods.map(({ metadata: { name, uid, namespace = '' } }) => ({
    op: 'evict',
    resource: PODS,
    namespace,
    name,
    uid,
    limits: [{ group: 'one', atMost: rollout.spec.restartAt === undefined ? 0 : 1 }],
    why: 'a deliberate fault',
  }));
}

export const WRONG_EVICTIONS: readonly Mutation[] = [
  writing('a restart takes all pods at once', 'evictionsRespectMaxUnavailable', (writes) =>
    writes.map((write) => (write.op === 'evict' ? { ...write, limits: [] } : write)),
  ),
  writing('a restart takes pods that are young enough', 'onlyOldPodsAreEvicted', (writes, world) =>
    writes.length === 0 ? evictionsOf(world) : writes,
  ),
  {
    name: 'a restart never begins',
    caughtBy: 'restartEnds',
    decide: (world) => {
      const plan = decideRollout(world);
      const others = plan.writes.filter(({ op }) => op !== 'evict');
      return others.length === plan.writes.length ? plan : { writes: others };
    },
  },
  writing('pods go before the report that may be refused', 'whatServesComesBeforeWhatLeaves', (writes) => [
    ...writes.filter(({ op }) => op === 'evict'),
    ...writes.filter(({ op }) => op !== 'evict'),
  ]),
];
