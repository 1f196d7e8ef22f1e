/** The part of an AnalysisRun of the dashboard API that its view does not have (specification, E.6). */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { analysisRunView } from '../../core/view/analysis-run.ts';
import { metricViews, type LimitView, type MetricView } from '../../core/view/measurements.ts';
import { timeText, withoutEmpty, type Info } from './go-json.ts';

/** What no Job has measured, the metrics with what they need to pass, and the run as it is stored. */
export function runInfoParts(run: AnalysisRun): Info {
  const metrics = metricViews(run);
  const byJobs = new Set(analysisRunView(run).jobs.map(({ metric }) => metric));
  const { spec, status } = run;
  return {
    nonJobInfo: metrics
      .filter(({ name }) => !byJobs.has(name))
      .flatMap(({ name, measurements }) =>
        measurements.map(({ text, phase, at }) =>
          withoutEmpty({ value: text, status: phase, metricName: name, startedAt: timeText(at) }),
        ),
      ),
    metrics: metrics.map(metricInfo),
    specAndStatus: { spec, ...(status === undefined ? {} : { status }) },
  };
}

function metricInfo({ name, successCondition, failureCondition, limits }: MetricView): Info {
  const limitOf = (outcome: LimitView['outcome']) => limits.find((one) => one.outcome === outcome);
  return withoutEmpty({
    name,
    successCondition,
    failureCondition,
    count: limitOf('successful')?.allowed,
    inconclusiveLimit: limitOf('inconclusive')?.allowed,
    failureLimit: limitOf('failed')?.allowed,
  });
}
