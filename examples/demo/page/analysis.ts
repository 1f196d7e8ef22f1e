/** What the page shows of an analysis: what Serin measured, and what it concluded. */
import { analysisSentence, type AnalysisView } from '../analysis.ts';

export interface PageAnalysis extends Pick<
  AnalysisView,
  'run' | 'version' | 'revision' | 'phase' | 'limitPercent' | 'measurements'
> {
  readonly sentence: string;
}

export function pageAnalysis(analysis: AnalysisView | null): PageAnalysis | null {
  if (analysis === null) return null;
  const { run, version, revision, phase, limitPercent, measurements } = analysis;
  return { run, version, revision, phase, limitPercent, measurements, sentence: analysisSentence(analysis) };
}
