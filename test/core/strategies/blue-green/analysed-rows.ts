/**
 * The rows of the two tables of analyses, and what they say of the runs of a look.
 */
import type { BlueGreenMemory } from '../../../../src/core/strategies/blue-green/memory.ts';
import type { StrategyDecision } from '../../../../src/core/strategies/strategy.ts';
import { runNameOf, type DescribedRun } from '../../build-runs.ts';
import type { WorldOptions } from '../../build-world.ts';

export interface RunRow extends WorldOptions {
  readonly name: string;
  /** The run that the status names after the look. */
  readonly records: DescribedRun | null;
  /** Whether it is created in this look. */
  readonly creates: boolean;
}

export interface LookRow extends WorldOptions {
  readonly name: string;
  readonly memory: Partial<BlueGreenMemory>;
  /** What the active Service selects after the look. */
  readonly active: string;
  readonly told?: readonly string[];
}

interface Runs {
  /** In the status. */
  readonly recorded: readonly string[];
  readonly created: readonly string[];
  /** Those that are neither ended nor deleted. */
  readonly kept: readonly string[];
}

/** What the row asks for. No run of the other analysis is recorded. */
export function runsAskedBy({ records, creates }: Pick<RunRow, 'records' | 'creates'>): Runs {
  const names = records === null ? [] : [runNameOf(records)];
  return { recorded: names, created: creates ? names : [], kept: names };
}

export function runsIn({ memory, desired }: StrategyDecision<BlueGreenMemory>): Runs {
  const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post } = memory;
  return {
    recorded: [pre, post].flatMap((run) => run?.name ?? []),
    created: desired.runs.creations.map(({ name }) => name),
    kept: [...desired.runs.current],
  };
}
