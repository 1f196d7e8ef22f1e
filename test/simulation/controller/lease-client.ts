/** The leases of the API server as one controller process reaches them. Its requests go on for ever, and some fail. */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { LEASES } from '../../../src/kube/resources.ts';
import { ApiError, type ApiErrorKind } from '../../../src/runtime/api-error.ts';
import type { LeaseClient } from '../../../src/runtime/held-lease.ts';
import type { Agenda } from '../agenda.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Answer, Store } from '../cluster/store.ts';
import type { Random } from '../random.ts';
import type { Turns } from '../turns.ts';

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly turns: Turns;
  readonly random: Random;
  readonly pace: Pace;
  /** Of requests whose answer is lost. */
  readonly lossChance: number;
  /** Lets the process do something, now or once it goes on. */
  readonly deliver: (act: () => void) => void;
}

const ERRORS: Readonly<Record<Exclude<Answer['outcome'], 'made'>, ApiErrorKind>> = {
  conflict: 'conflict',
  exists: 'exists',
  gone: 'notFound',
  held: 'throttled',
};

export class SimulatedLeaseClient implements LeaseClient {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  get(...[, { name }]: Parameters<LeaseClient['get']>): Promise<KubeObject> {
    const { store } = this.#options;
    return this.#send(() => {
      const object = store.get(LEASES.plural, name);
      return object === undefined ? { outcome: 'gone' } : { outcome: 'made', object, changed: false };
    });
  }

  create(...[, { name }, body]: Parameters<LeaseClient['create']>): Promise<KubeObject> {
    return this.#send(() => this.#options.store.create(LEASES.plural, name, body, 'serin'));
  }

  patch(...[, { name }, patch]: Parameters<LeaseClient['patch']>): Promise<KubeObject> {
    return this.#send(() => this.#options.store.patch(LEASES.plural, name, patch as JsonObject, 'serin'));
  }

  #send(act: () => Answer): Promise<KubeObject> {
    const { agenda, turns, random, pace, lossChance, deliver } = this.#options;
    const promise = Promise.withResolvers<KubeObject>();
    agenda.routine(drawDelay(random, pace), () => {
      const answer = act();
      const isLost = random.chance(lossChance);
      deliver(() => {
        turns.begin();
        if (isLost) promise.reject(errorOf('network'));
        else if (answer.outcome !== 'made') promise.reject(errorOf(ERRORS[answer.outcome]));
        else if (answer.object !== undefined) promise.resolve(answer.object);
      });
    });
    return promise.promise;
  }
}

function errorOf(kind: ApiErrorKind): ApiError {
  return new ApiError({ kind, status: 0, reason: kind, attempt: 'a lease', message: kind });
}
