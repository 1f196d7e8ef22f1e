/** Ends what waits for its delayed scale-down, so that no test has to hit the moment in between. */
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { ReplicaSet } from '../../src/kube/objects.ts';
import { formatTime } from '../../src/kube/time.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Session } from './session.ts';

/** All delays are over now. Waits for the first one to begin. */
export async function endDelays(session: Session): Promise<void> {
  const waits = ({ metadata }: ReplicaSet) => metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined;
  const waiting = await waitFor(async () => (await session.list('replicasets')).filter(waits), {
    what: 'a ReplicaSet to wait for its scale-down',
    until: (some) => some.length > 0,
  });
  const names = waiting.map(({ metadata }) => metadata.name);
  const now = `${ANNOTATIONS.scaleDownDeadline}=${formatTime(Date.now())}`;
  await session.kubectl('annotate', '--overwrite', 'replicaset', ...names, now);
}
