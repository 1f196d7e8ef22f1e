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
  profile: { kind: 'text', default: '', help: 'folder for a CPU profile of Serin during the AnalysisRuns' },
} as const satisfies FlagTable;

try {
  const { values: flags } = parseFlags(FLAGS, process.argv.slice(2));
  const figures =
    flags.dashboard > 0
      ? await benchDashboard({ rollouts: flags.dashboard, minutes: flags.minutes })
      : flags.analysis > 0
        ? await benchAnalysis({
            runs: flags.analysis,
            minutes: flags.minutes,
            peer: flags.peer,
            profile: flags.profile,
          })
        : await benchReleases(
            flags.rollouts,
            Math.min(flags.lone, flags.rollouts),
            Math.min(flags.aborts, flags.rollouts),
            flags.idle,
          );
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} catch (error) {
  process.stderr.write(
    `${error instanceof FlagError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
