/** A recording of a whole canary release through nginx, as the recorder would make it of a simulated cluster. */
import { decideRollout } from '../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import { NOTHING_AROUND } from '../../src/core/view/surroundings.ts';
import { formatTime } from '../../src/kube/time.ts';
import type { Plan } from '../../src/kube/plan.ts';
import { FORMAT, FORMAT_VERSION, type EndReason, type Header } from '../../src/recording/format.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { calmHistory, THROUGH_NGINX } from '../simulation/calm-history.ts';
import { withSecrets } from './secret-world.ts';

export interface RecordedRelease {
  readonly text: string;
  /** What the controller decided, look by look. */
  readonly plans: readonly { readonly world: RolloutWorld; readonly plan: Plan }[];
}

const STEPS = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: '10s' } }];

export async function recordedRelease(end: EndReason = 'done'): Promise<RecordedRelease> {
  const recorder = new Recorder();
  const plans: { world: RolloutWorld; plan: Plan }[] = [];
  let text = '';
  let writer: RecordingWriter | null = null;
  const history = await calmHistory(
    { canary: { ...THROUGH_NGINX, steps: STEPS } },
    {
      replicas: 2,
      decidesTwice: false,
      decide: (world) => {
        const plan = decideRollout(world);
        if (writer === null) return plan;
        const { line } = recorder.take(withSecrets({ ...world, propagationMs: null }), NOTHING_AROUND);
        if (line !== null) {
          writer.add(line);
          plans.push({ world, plan });
        }
        return plan;
      },
    },
  );
  const write = (line: string): void => void (text += line);
  writer = new RecordingWriter({ write, maxBytes: 2 ** 26, maxLooks: 0 }, headerAt(history.wallClock()));
  history.user.setImage('');
  await history.runToRest();
  history.user.readForPromote()();
  await history.runToRest();
  writer.end(end, history.wallClock());
  return { text, plans };
}

function headerAt(now: number): Header {
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    serin: '0.0.9',
    namespace: 'shop',
    name: 'web',
    at: formatTime(now),
    notRead: ['ingressclasses: forbidden'],
  };
}
