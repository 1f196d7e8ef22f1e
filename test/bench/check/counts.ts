/** Counts compared with those that were accepted. */

/** By part, then by what was counted. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Difference {
  readonly part: string;
  readonly what: string;
  readonly accepted: number;
  readonly measured: number;
  /** `kept`: neither more nor less, or as good as. */
  readonly verdict: 'grown' | 'kept' | 'shrunk';
}

/** What V8 allocates differs a little from one build of it to another; everything else is the same everywhere. */
const TOLERANCES: Readonly<Record<string, number>> = { 'KiB allocated': 0.1 };

export interface Comparison {
  /** What people read; the last line says how many counts have passed, as suites of tests do. */
  readonly lines: readonly string[];
  /** How many counts have grown. */
  readonly grown: number;
}

export function comparison(accepted: Counts, measured: Counts): Comparison {
  const all = differences(accepted, measured);
  const textsOf = (verdict: Difference['verdict']) => all.filter((one) => one.verdict === verdict).map(differenceText);
  const [shrunk, grown] = [textsOf('shrunk'), textsOf('grown')];
  const hint = '`npm run bench -- --check --accept` makes these the accepted counts.';
  return {
    lines: [
      ...shrunk.map((text) => `less: ${text}`),
      ...grown.map((text) => `MORE: ${text}`),
      ...(shrunk.length + grown.length > 0 ? [hint] : []),
      `${all.length - grown.length} passed, ${grown.length} failed`,
    ],
    grown: grown.length,
  };
}

/** Everything that was counted now or then. What was not counted before has grown from nothing. */
function differences(accepted: Counts, measured: Counts): readonly Difference[] {
  return union(Object.keys(accepted), Object.keys(measured)).flatMap((part) => {
    const [then, now] = [accepted[part] ?? {}, measured[part] ?? {}];
    return union(Object.keys(then), Object.keys(now)).map((what) => {
      const numbers = { accepted: then[what] ?? 0, measured: now[what] ?? 0 };
      return { part, what, ...numbers, verdict: verdictOn(what, numbers) };
    });
  });
}

function verdictOn(
  what: string,
  { accepted, measured }: Pick<Difference, 'accepted' | 'measured'>,
): Difference['verdict'] {
  if (Math.abs(measured - accepted) <= accepted * (TOLERANCES[what] ?? 0)) return 'kept';
  return measured > accepted ? 'grown' : 'shrunk';
}

function differenceText({ part, what, accepted, measured }: Difference): string {
  const change = measured - accepted;
  const share = accepted === 0 ? '' : `, ${change > 0 ? '+' : ''}${Math.round((change / accepted) * 100)} %`;
  return `${part}: ${what} ${accepted} → ${measured} (${change > 0 ? '+' : ''}${change}${share})`;
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])];
}
