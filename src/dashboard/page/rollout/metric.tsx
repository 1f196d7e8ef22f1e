/** A metric of an AnalysisRun: what it asks for, how many measurements may end badly, and the measurements. */
import type { LimitView, MetricView } from '../../../core/view/measurements.ts';
import { RunState } from '../parts/phase.tsx';
import { Instant } from '../parts/time.tsx';
import { countText, valueText } from '../words/numbers.ts';
import { Chart, pointsOf } from './chart.tsx';

export function Metric({ metric }: { readonly metric: MetricView }) {
  const { name, phase, message, dryRun, successCondition, failureCondition, limits, query } = metric;
  return (
    <div class="metric">
      <div class="line">
        <h3>{name}</h3>
        {dryRun ? <span class="tag">dry run</span> : null}
        <RunState state={phase} />
      </div>
      {message === '' ? null : <p>{message}</p>}
      <dl class="conditions">
        {successCondition === '' ? null : <Condition name="Success" text={successCondition} />}
        {failureCondition === '' ? null : <Condition name="Failure" text={failureCondition} />}
        {limits.length === 0 ? null : (
          <div>
            <dt>Limits</dt>
            <dd>{limits.map(limitText).join(', ')}</dd>
          </div>
        )}
        {query === '' ? null : <Condition name="Query" text={query} />}
      </dl>
      {pointsOf(metric).length === 0 ? null : <Chart metric={metric} />}
      <Measurements metric={metric} />
    </div>
  );
}

function Condition({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{text}</code>
      </dd>
    </div>
  );
}

function limitText({ outcome, count, allowed }: LimitView): string {
  return allowed === null ? `${count} ${outcome}` : `${count} ${outcome} of ${allowed} allowed`;
}

function Measurements({ metric: { name, measurements } }: { readonly metric: MetricView }) {
  if (measurements.length === 0) return <p class="note">Nothing is measured yet.</p>;
  return (
    <details>
      <summary>{countText(measurements.length, 'measured value')}</summary>
      <div class="scrolled" tabIndex={0} role="region" aria-label={`Measurements of ${name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Value</th>
              <th scope="col">Outcome</th>
              <th scope="col">Message</th>
            </tr>
          </thead>
          <tbody>
            {measurements.map(({ at, value, text, phase, message }, index) => (
              <tr key={index}>
                <th scope="row">{at === null ? '–' : <Instant at={at} />}</th>
                <td>{value === null ? text : valueText(value)}</td>
                <td>
                  <RunState state={phase} />
                </td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
