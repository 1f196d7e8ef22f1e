/**
 * Runs seeded histories of the core against the in-memory cluster and says how many held all invariants.
 * The log of the first that did not is printed, with the seed that replays it.
 */
import { parseArgs } from 'node:util';
import { runRandomHistory, type Outcome } from './random-history.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    shards: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    /** See History. */
    'missed-looks': { type: 'boolean', default: false },
  },
});

/** With `--shards` several processes that come and go share the work. */
const mode = { findsMissedLooks: values['missed-looks'], ...(values.shards ? { sharing: {} } : {}) };
const PROGRESS_EVERY = 500;

async function main(): Promise<number> {
  const count = wholeNumber('histories', values.histories);
  const firstSeed = wholeNumber('seed', values.seed);
  const failures: Outcome[] = [];
  const endings = new Map<string, number>();
  let looks = 0;
  let writes = 0;
  let ran = 0;
  for (let i = 0; i < count; i++) {
    const outcome = await runRandomHistory(firstSeed + i, { told: values.verbose && count === 1, ...mode });
    ran += 1;
    looks += outcome.looks;
    writes += outcome.writes;
    if (outcome.failure === null) endings.set(outcome.endedAs, (endings.get(outcome.endedAs) ?? 0) + 1);
    else failures.push(outcome);
    if (values.verbose && count === 1) console.log(outcome.lines.join('\n'));
    if ((i + 1) % PROGRESS_EVERY === 0) console.log(`${i + 1} of ${count} histories, ${failures.length} failed`);
    if (failures.length > 0 && !values['keep-going']) break;
  }
  await report(failures, endings);
  console.log(`${looks} looks, ${writes} writes`);
  console.log(`${ran - failures.length} passed, ${failures.length} failed, ${count - ran} not run`);
  return failures.length === 0 ? 0 : 1;
}

async function report(failures: readonly Outcome[], endings: ReadonlyMap<string, number>): Promise<void> {
  for (const [ending, number] of [...endings].sort((a, b) => b[1] - a[1])) {
    if (values.verbose) console.log(`${String(number).padStart(6)}  ${ending}`);
  }
  for (const { seed, failure } of failures) console.log(`seed ${seed}: ${failure?.detail ?? ''}`);
  const [first] = failures;
  if (first === undefined || values['keep-going'] || (values.verbose && values.histories === '1')) return;
  console.log((await runRandomHistory(first.seed, { told: true, ...mode })).lines.join('\n'));
  console.log(
    `replay it with: node test/simulation/main.ts --histories 1 --seed ${first.seed} --verbose${values.shards ? ' --shards' : ''}`,
  );
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${flag} takes a whole number, not ${text}`);
  return value;
}

process.exitCode = await main();
