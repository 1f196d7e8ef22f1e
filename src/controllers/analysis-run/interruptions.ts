/**
 * What ends the measurements of a run early: its deletion and a request to end it, which the informer announces, and the
 * end of the process.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { keyOf } from '../../kube/object-key.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';

/** Of one look at a run. */
export interface Interruption {
  /** Aborted once nothing is to be written any more: the run is being deleted, or gone, or the process stops. */
  readonly dropped: AbortSignal;
  /** Aborted once a person or a Rollout asks the run to end. */
  readonly ended: AbortSignal;
  /** Nothing is aborted any more. */
  readonly close: () => void;
}

interface UnderWay {
  readonly uid: string;
  readonly dropped: AbortController;
  readonly ended: AbortController;
}

export class Interruptions {
  /** By key, which has one look at a time. */
  readonly #underWay = new Map<string, UnderWay>();
  #stopped = false;

  begin(run: AnalysisRun): Interruption {
    const key = keyOf(run);
    const underWay = { uid: run.metadata.uid, dropped: new AbortController(), ended: new AbortController() };
    this.#underWay.set(key, underWay);
    if (this.#stopped) drop(underWay);
    return {
      dropped: underWay.dropped.signal,
      ended: underWay.ended.signal,
      close: () => void this.#underWay.delete(key),
    };
  }

  /** The process stops. Another one, or the next, measures again what is given up, with the same numbers. */
  stop(): void {
    this.#stopped = true;
    for (const underWay of this.#underWay.values()) drop(underWay);
  }

  /** Another process measures these runs from now on. */
  giveUp(concerns: (key: string) => boolean): void {
    for (const [key, underWay] of this.#underWay) if (concerns(key)) drop(underWay);
  }

  announce({ type, object }: InformerEvent<AnalysisRun>): void {
    const underWay = this.#underWay.get(keyOf(object));
    if (underWay === undefined) return;
    if (type === 'deleted' || isTerminating(object) || object.metadata.uid !== underWay.uid) {
      underWay.dropped.abort(new Error('The run is deleted'));
    } else if (object.spec.terminate === true) {
      underWay.ended.abort(new Error('The run is asked to end'));
    }
  }
}

function drop({ dropped }: UnderWay): void {
  dropped.abort(new Error('This process stops measuring the run'));
}
