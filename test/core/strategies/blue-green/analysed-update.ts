/**
 * The beginning of the lives that tests follow: an update from revision 1 to 2 that is analysed.
 */
import type { BlueGreenStrategy } from '../../../../src/api/schema/blue-green.ts';
import { analysisOf, templateNamed } from '../../build-runs.ts';
import { blueGreen } from '../../build-world.ts';
import { commanded, happens, lifeOf, settled, type Life } from './life.ts';

export const PRE = { prePromotionAnalysis: analysisOf() };
export const POST = { postPromotionAnalysis: analysisOf() };

/** A person removes the pause. */
export function promoted(life: Life): Life {
  return settled(commanded(life, { pauseConditions: [] }));
}

/** Revision 1 has been promoted. */
export function promotedFirst(strategy: Partial<BlueGreenStrategy>, replicas: number): Life {
  return settled(
    lifeOf({
      replicas,
      stable: '',
      blueGreen: blueGreen(strategy),
      templates: [templateNamed()],
      revisions: [{ version: 'v1', size: replicas }],
      selects: { web: null, 'web-preview': null },
      status: { currentPodHash: '', blueGreen: {} },
    }),
  );
}

/** Revision 1 has been promoted, and the template is that of revision 2 now. */
export function updated(strategy: Partial<BlueGreenStrategy>, replicas = 2): Life {
  return settled(happens(promotedFirst(strategy, replicas), { version: 'v2' }));
}
