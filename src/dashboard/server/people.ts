/** The people who use the dashboard at this moment. Each is checked when they come, and every minute while they stay. */
import { isApiError } from '../../runtime/api-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Connected } from './connections.ts';
import { identityKey, type Identity } from './identity.ts';
import { Person, type SharedCopies } from './person.ts';
import { Pool, type Lease } from './pool.ts';
import { HttpProblem } from './problem.ts';
import { userName } from './reviews.ts';
import { SameObjects } from './same-objects.ts';

/** Of a person who does nothing. */
const LINGER_MS = 60_000;
const MOST_PEOPLE = 500;
/** A token that was revoked is noticed after this time. */
const CHECK_MS = 60_000;

interface PeopleOptions {
  readonly clock: Clock;
  readonly connect: (identity: Identity) => Connected;
}

export class People {
  readonly #options: PeopleOptions;
  readonly #present: Pool<Guest>;
  readonly #copies: SharedCopies = { rows: new SameObjects(), objects: new SameObjects() };

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#present = new Pool({ clock: options.clock, lingerMs: LINGER_MS, limit: MOST_PEOPLE });
  }

  /** Whether it has been asked about the person lately. */
  knows(identity: Identity): boolean {
    return this.#present.has(identityKey(identity));
  }

  /** Rejects with a problem of status 401 when the API server does not know the person. */
  async welcome(identity: Identity): Promise<Lease<Person>> {
    const key = identityKey(identity);
    const { clock, connect } = this.#options;
    const leave = (): void => void this.#present.drop(key);
    const lease = this.#present.take(key, () => new Guest(connect(identity), clock, this.#copies, leave));
    if (lease === null) throw new HttpProblem(503, 'too many people are here at once');
    try {
      return { value: await lease.value.arrived, release: lease.release };
    } catch (error) {
      lease.release();
      await this.#present.drop(key);
      if (isApiError(error) && error.status === 401) throw new HttpProblem(401, 'the API server does not know you');
      throw error;
    }
  }

  /** Ends all that is open of a person. */
  async dismiss(identity: Identity): Promise<void> {
    await this.#present.drop(identityKey(identity));
  }

  async stop(): Promise<void> {
    await this.#present.stop();
  }
}

/** A person from the first question about them on. */
class Guest {
  readonly arrived: Promise<Person>;
  readonly #connected: Connected;
  readonly #clock: Clock;
  readonly #refused: () => void;
  #cancel = (): void => undefined;
  #stopped = false;

  constructor(connected: Connected, clock: Clock, copies: SharedCopies, refused: () => void) {
    this.#connected = connected;
    this.#clock = clock;
    this.#refused = refused;
    const { cluster } = connected;
    this.arrived = userName(cluster.client).then((user) => {
      connected.onRefused(refused);
      this.#checkLater();
      return new Person(user, cluster, copies);
    });
    // Whoever waits for it hears of a failure.
    this.arrived.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.arrived.then(
      (person) => person.stop(),
      () => this.#connected.cluster.close(),
    );
  }

  #checkLater(): void {
    if (this.#stopped) return;
    this.#cancel = this.#clock.setTimer(CHECK_MS, () => void this.#check());
  }

  async #check(): Promise<void> {
    try {
      await userName(this.#connected.cluster.client);
    } catch (error) {
      // An outage is no refusal.
      if (isApiError(error) && error.status === 401) this.#refused();
    }
    this.#checkLater();
  }
}
