/**
 * The barrier before requests or pods follow a Service: it must reach the pods that it should reach, and no others.
 * Its endpoints prove that; the selector that was written a moment ago does not.
 */
import { namedServices } from '../../api/schema/named-services.ts';
import { serviceShows, type ServiceView } from '../observed/endpoints.ts';
import type { Situation } from '../observed/situation.ts';
import { waitsFor, type BlockedOn } from './blocked.ts';

/** What keeps a Service from reaching `needed` ready pods of the revision and no pods of others; `null` when nothing does. */
export function serviceNotReady(
  situation: Situation,
  service: string,
  templateHash: string,
  needed: number,
): BlockedOn | null {
  const view = serviceShows(situation, service, templateHash);
  const missing = missingPods(view, needed);
  if (missing !== null) return notReady(situation, service, missing);
  return view.foreign === 0
    ? null
    : notReady(
        situation,
        service,
        `still reaches ${view.foreign} pods of another revision, waiting until they are gone`,
      );
}

/** The same check, where other pods behind the Service do no harm. */
export function revisionNotReached(
  situation: Situation,
  service: string,
  templateHash: string,
  needed: number,
): BlockedOn | null {
  const missing = missingPods(serviceShows(situation, service, templateHash), needed);
  return missing === null ? null : notReady(situation, service, missing);
}

function missingPods({ selects, ready }: ServiceView, needed: number): string | null {
  if (!selects) return 'does not select the stable revision yet';
  return ready < needed ? `reaches ${ready} ready pods of the stable revision, waiting for ${needed}` : null;
}

function notReady({ rollout, namespace }: Situation, service: string, what: string): BlockedOn {
  const role = namedServices(rollout).find(({ name }) => name === service)?.role ?? 'stable';
  return waitsFor('StableServiceNotReady', `${role} Service ${namespace}/${service} ${what}`);
}
