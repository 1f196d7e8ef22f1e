/** What a load got: every answer with its moment, and questions that tests ask about them. */

export interface Answer {
  /** When the request was sent and when its answer was complete, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly doneAt: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Who answered: the colour of the demo image, the tag of a pod's image that says who it is, or the pod that echoes; '' when unknown. */
  readonly version: string;
  /** On a connection of its own. */
  readonly fresh: boolean;
  /** It was sent a second time, because the proxy closed the kept connection that it was first sent on. */
  readonly again?: boolean;
  /** Why there was no answer, or the answer of a failure. */
  readonly complaint?: string;
}

export class Answers {
  readonly all: readonly Answer[];

  constructor(all: readonly Answer[]) {
    this.all = all;
  }

  get count(): number {
    return this.all.length;
  }

  /** Everything that was not answered with success. */
  get failures(): readonly Answer[] {
    return this.all.filter(isFailure);
  }

  /** How many requests had to be sent again. */
  get sentAgain(): number {
    return this.all.filter(({ again = false }) => again).length;
  }

  /** How many requests were sent in a second, from the first to the last. */
  perSecond(): number {
    const moments = this.all.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
    const [first = NaN, last = NaN] = [moments[0], moments.at(-1)];
    return ((moments.length - 1) * 1_000) / (last - first);
  }

  /** So many percent of the answers took no longer, in milliseconds. */
  withinMs(percent: number): number {
    const took = this.all.map(({ sentAt, doneAt }) => doneAt - sentAt).toSorted((a, b) => a - b);
    return took[Math.ceil((took.length * percent) / 100) - 1] ?? NaN;
  }

  /** Answers of each version, failures left out. */
  byVersion(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { version, status } of this.all) if (status === 200) counts[version] = (counts[version] ?? 0) + 1;
    return counts;
  }

  /** Share of one version, in percent of the successful answers. */
  percentOf(version: string): number {
    const counts = this.byVersion();
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return total === 0 ? NaN : (100 * (counts[version] ?? 0)) / total;
  }

  /** Answers of other versions, also those that are failures of their own. */
  notFrom(...versions: readonly string[]): readonly Answer[] {
    return this.all.filter(({ version, status }) => (status === 200 || version !== '') && !versions.includes(version));
  }
}

/** There was no answer, or none with success. */
export function isFailure({ status }: Answer): boolean {
  return status < 200 || status > 399;
}

/** Who wrote the body of an answer. */
export function versionOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null && 'image' in value) return tagOf(String(value.image));
  } catch {
    // A page or an echo.
  }
  return /^Hostname: (\S+)$/m.exec(body)?.[1] ?? '';
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

/** One line, for a person who lays failures beside a log. */
export function describeAnswer({ sentAt, doneAt, status, version, fresh, complaint }: Answer): string {
  const words = [
    new Date(sentAt).toISOString(),
    `${doneAt - sentAt} ms`,
    status === 0 ? 'no answer' : String(status),
    ...(version === '' ? [] : [version]),
    fresh ? 'fresh connection' : 'kept connection',
    ...(complaint === undefined ? [] : [complaint]),
  ];
  return words.join('  ');
}
