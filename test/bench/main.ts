/**
 * `npm run bench -- --rollouts 500` measures releases (releases.ts), `npm run bench -- --analysis 500` AnalysisRuns
 * (analysis/bench.ts), `npm run bench -- --dashboard 500` the dashboard's server (dashboard/bench.ts). Prints the figures as one line of JSON; progress goes to stderr.
 */
import { FlagError, parseFlags, type FlagTable } from '../../src/flags.ts';
import { benchAnalysis } from './analysis/bench.ts';
import { benchDashboard } from './dashboard/bench.ts';
import { benchReleases } from './releases.ts';

const FLAGS = {
  rollouts: { kind: 'count', default: 500, help: 'how many Rollouts are released at once' },
  lone: { kind: 'count', default: 20, help: 'how many single releases are timed' },
  aborts: { kind: 'count', default: 20, help: 'how many releases are aborted one by one' },
  idle: { kind: 'count', default: 20, help: 'seconds over which the CPU at rest is measured' },
  analysis: { kind: 'count', default: 0, help: 'measure that many AnalysisRuns instead of releases' },
  dashboard: { kind: 'count', default: 0, help: 'measure the dashboard with that many Rollouts' },
  minutes: { kind: 'count', default: 3, minimum: 1, help: 'how long the AnalysisRuns, or the dashboard, are measured' },
  peer: {
    kind: 'text',
    default: '',
    help: 'the controller of Argo Rollouts, to measure beside: its path, or `pinned` to build the pinned version',
  },
  floor: { kind: 'switch', default: false, help: 'also measure what the requests of AnalysisRuns cost by themselves' },
  profile: { kind: 'text', default: '', help: 'folder for a CPU profile of Serin during the AnalysisRuns' },
} as const satisfies FlagTable;

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>['values'];

function figuresOf(flags: Flags): Promise<unknown> {
  const { rollouts, lone, aborts, idle } = flags;
  if (flags.dashboard > 0) return benchDashboard({ ...flags, rollouts: flags.dashboard });
  if (flags.analysis > 0) return benchAnalysis({ ...flags, runs: flags.analysis });
  return benchReleases(rollouts, Math.min(lone, rollouts), Math.min(aborts, rollouts), idle);
}

try {
  const figures = await figuresOf(parseFlags(FLAGS, process.argv.slice(2)).values);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} catch (error) {
  process.stderr.write(
    `${error instanceof FlagError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
