/** What a terminal shows of an analysis: the last value beside its limit, and why the release was given up or paused. */
import type { RolloutView } from '../../src/core/view/view.ts';
import type { AnalysisOutcome } from '../../src/api/words/reasons.ts';
import { analysisSentence, type AnalysisView } from './analysis.ts';
import { percentText } from './measured.ts';
import { EMPTY, line, span, wrapped, type Line, type Style } from './text.ts';

const MARKS: Readonly<Record<AnalysisOutcome, readonly [mark: string, style: Style]>> = {
  Successful: ['✓', 'green'],
  Failed: ['✗', 'red'],
  Inconclusive: ['?', 'yellow'],
  Error: ['!', 'red'],
};

/** Two lines, to stand below the steps; none where nothing has been analysed. */
export function analysisLines(analysis: AnalysisView | null): readonly Line[] {
  if (analysis === null) return [];
  const { measurements, limitPercent } = analysis;
  const last = measurements.at(-1);
  const limit = limitPercent === null ? '' : `  at most ${limitPercent} %`;
  const [mark, style] = last === undefined ? (['·', 'dim'] as const) : MARKS[last.outcome];
  const value = percentText(last?.percent ?? null);
  return [EMPTY, line(' ', span('Analysis', 'bold'), ' ', span(`${mark} ${value}`, style), span(limit, 'dim'))];
}

/** Empty unless the analysis of the release that is under way, or was given up, speaks against it. */
export function verdictLines(view: RolloutView, analysis: AnalysisView | null, columns: number): readonly Line[] {
  if (analysis === null || view.progress === 'settled' || view.canary?.hash !== analysis.hash) return [];
  const { phase } = analysis;
  if (phase === 'Running' || phase === 'Successful') return [];
  return [
    EMPTY,
    line(' ', span('Analysis', 'bold'), '  ', span(phase, MARKS[phase][1])),
    ...wrapped(analysisSentence(analysis), columns - 3).map((text) => line('  ', text)),
  ];
}
