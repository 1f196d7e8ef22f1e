/** What a person may patch, as the API server said it lately. */
import type { NeededRight } from '../../core/view/choices.ts';
import { apiVersionOf } from '../../kube/resources.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { mayPatch } from './reviews.ts';

const FRESH_MS = 20_000;
const MOST = 5000;

interface Known {
  readonly allowed: boolean;
  readonly askedAt: number;
}

export class Rights {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Before the answer is known it is not what keeps a person from trying. */
  may(namespace: string, right: NeededRight): boolean {
    return this.#known.get(keyOf(namespace, right))?.allowed ?? true;
  }

  /** Asks for those that have not been asked for lately; resolves with whether an answer is another than before. */
  async refresh(namespace: string, rights: readonly NeededRight[]): Promise<boolean> {
    const due = new Map(
      rights.map((right) => [keyOf(namespace, right), right] as const).filter(([key]) => this.#isDue(key)),
    );
    const changes = [...due].map(async ([key, right]) => {
      const allowed = await mayPatch(this.#client, namespace, right);
      const before = this.#known.get(key)?.allowed ?? true;
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(key, { allowed, askedAt: this.#clock.monotonic() });
      return before !== allowed;
    });
    return (await Promise.all(changes)).includes(true);
  }

  #isDue(key: string): boolean {
    const known = this.#known.get(key);
    return known === undefined || this.#clock.monotonic() - known.askedAt >= FRESH_MS;
  }
}

/** As a sentence names it: `patch rollouts/status`. */
export function rightText({ resource, subresource }: NeededRight): string {
  return `patch ${resource.plural}${subresource === undefined ? '' : `/${subresource}`}`;
}

function keyOf(namespace: string, right: NeededRight): string {
  return JSON.stringify([namespace, apiVersionOf(right.resource), rightText(right), right.name]);
}
