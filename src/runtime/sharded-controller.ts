/** A controller that looks only at the keys of the shards of this process. */
import type { Controller } from './controller.ts';
import type { ShardWork } from './shard-work.ts';

export function sharded(controller: Controller, work: ShardWork): Controller {
  const { connect, reconcile, giveUpKeys } = controller;
  if (giveUpKeys !== undefined) work.onLeave(giveUpKeys);
  return {
    ...controller,
    connect: (enqueue) =>
      connect((key, wish) => {
        // Nobody waits for what is only announced once more.
        if (work.isNews(key)) enqueue(key, work.isAnnouncing ? 'swept' : wish);
      }),
    reconcile: (key, run) => work.look(key, run, reconcile),
  };
}
