/**
 * `npm run bench -- --rollouts 500` measures releases (releases/bench.ts), `npm run bench -- --analysis 500` AnalysisRuns
 * (analysis/bench.ts), `npm run bench -- --dashboard 500` the dashboard's server (dashboard/bench.ts), `npm run bench --
 * --starts 21` the command line (command-line.ts). Prints the figures as one line of JSON; progress goes to stderr.
 * `npm run bench -- --check` compares counts that do not depend on the machine with accepted ones (check/bench.ts).
 */
import { FlagError, parseFlags, type FlagTable, type FlagValues } from '../../src/flags.ts';
import { benchAnalysis } from './analysis/bench.ts';
import { checkCounts } from './check/bench.ts';
import { benchCommandLine } from './command-line.ts';
import { benchDashboard } from './dashboard/bench.ts';
import { benchReleases } from './releases/bench.ts';
import { writePage } from './releases/page.ts';
import { ratiosOf } from './releases/ratios.ts';

const FLAGS = {
  rollouts: { kind: 'count', default: 500, help: 'how many Rollouts are released at once' },
  pods: { kind: 'count', default: 1, minimum: 1, help: 'how many replicas each Rollout has' },
  'light-kubelet': { kind: 'switch', default: false, help: 'pods are only marked ready, which costs a request each' },
  lone: { kind: 'count', default: 20, help: 'how many single releases are timed' },
  aborts: { kind: 'count', default: 20, help: 'how many releases are aborted one by one' },
  idle: { kind: 'count', default: 20, minimum: 1, help: 'seconds over which the CPU at rest is measured' },
  analysis: { kind: 'count', default: 0, help: 'measure that many AnalysisRuns instead of releases' },
  dashboard: { kind: 'count', default: 0, help: 'measure the dashboard with that many Rollouts' },
  minutes: { kind: 'count', default: 3, minimum: 1, help: 'how long the AnalysisRuns, or the dashboard, are measured' },
  peer: {
    kind: 'text',
    default: '',
    help: 'the controller of Argo Rollouts, to measure beside: its path, or `pinned` to build the pinned version',
  },
  before: { kind: 'text', default: '', help: 'another version of Serin to release with as well: its program' },
  controller: {
    kind: 'text',
    default: '',
    help: 'the program of Serin to measure; by default the bundle, as in the image',
  },
  order: { kind: 'list', default: [], help: 'in which order the controllers are measured: serin, before, peer' },
  rounds: { kind: 'count', default: 1, minimum: 1, help: 'how often the releases are measured, in turning order' },
  floor: { kind: 'switch', default: false, help: 'also measure what the requests cost by themselves' },
  write: { kind: 'switch', default: false, help: 'write the result of the releases into docs/performance.md' },
  starts: { kind: 'count', default: 0, help: 'run commands that many times instead, beside those of the peer' },
  check: { kind: 'switch', default: false, help: 'compare what one release costs with the accepted counts instead' },
  accept: { kind: 'switch', default: false, help: 'with --check: accept what is counted now' },
  profile: {
    kind: 'text',
    default: '',
    help: 'folder for CPU profiles of Serin, and for flame graphs and the heap of releases',
  },
} as const satisfies FlagTable;

function figuresOf(flags: FlagValues<typeof FLAGS>): Promise<unknown> {
  const { analysis, dashboard, starts } = flags;
  if (starts > 0) return benchCommandLine(starts);
  if (dashboard > 0) return benchDashboard({ ...flags, rollouts: dashboard });
  if (analysis > 0) return benchAnalysis({ ...flags, runs: analysis });
  return releases(flags);
}

/** Every controller's line is printed at its end; what comes last is how they compare. */
async function releases(flags: FlagValues<typeof FLAGS>): Promise<unknown> {
  const options = { ...flags, idleSeconds: flags.idle, lightKubelet: flags['light-kubelet'] };
  const result = await benchReleases(options, print);
  if (flags.write) await writePage(result);
  const { contenders, ...about } = result;
  return Object.keys(contenders).length === 1 && !flags.floor ? undefined : { ...about, ratios: ratiosOf(contenders) };
}

function print(figures: unknown): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

try {
  const { values } = parseFlags(FLAGS, process.argv.slice(2));
  if (values.check) process.exitCode = await checkCounts(values);
  else {
    const figures = await figuresOf(values);
    if (figures !== undefined) print(figures);
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof FlagError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
