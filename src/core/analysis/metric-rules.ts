/**
 * Rules for metrics by name: which ones do not count (`dryRun`), and how many measurements of each are kept
 * (`measurementRetention`). A rule names metrics by a regular expression that matches anywhere in their names, so
 * `error` also means `error-rate` (spec B.5, G-39).
 */
import type { DryRunRule, RetentionRule } from '../../api/schema/analysis.ts';
import { compilePattern } from './pattern.ts';

const DEFAULT_RETENTION = 10;

export interface MetricRules {
  /** Metrics that do not affect the outcome. */
  readonly dryRun: ReadonlySet<string>;
  /** How many measurements of a metric are kept, at least 1. */
  readonly retentionOf: (metric: string) => number;
}

/** Of several retention rules for a metric the last one counts; a limit below 1 counts as the default of 10. */
export function metricRules(
  metrics: readonly string[],
  rules: { readonly dryRun?: readonly DryRunRule[]; readonly measurementRetention?: readonly RetentionRule[] },
): MetricRules | { readonly problem: string } {
  const dryRun = matches('dryRun', rules.dryRun ?? [], metrics);
  if ('problem' in dryRun) return dryRun;
  const retention = matches('measurementRetention', rules.measurementRetention ?? [], metrics);
  if ('problem' in retention) return retention;
  const limits = new Map(
    retention.matches.flatMap(({ rule, matched }) => matched.map((metric) => [metric, rule.limit] as const)),
  );
  return {
    dryRun: new Set(dryRun.matches.flatMap(({ matched }) => matched)),
    retentionOf: (metric) => {
      const limit = limits.get(metric) ?? 0;
      return limit > 0 ? limit : DEFAULT_RETENTION;
    },
  };
}

interface Match<Rule> {
  readonly rule: Rule;
  readonly matched: readonly string[];
}

function matches<Rule extends { readonly metricName: string }>(
  field: string,
  rules: readonly Rule[],
  metrics: readonly string[],
): { readonly matches: readonly Match<Rule>[] } | { readonly problem: string } {
  const found: Match<Rule>[] = [];
  for (const [index, rule] of rules.entries()) {
    const unmatched = `${field}[${index}]: Rule didn't match any metric name(s)`;
    const pattern = compilePattern(rule.metricName);
    if ('problem' in pattern) return { problem: `${unmatched}: ${unreadableText(rule.metricName, pattern.problem)}` };
    const matched = metrics.filter((metric) => pattern.matches(metric));
    if (matched.length === 0) return { problem: unmatched };
    found.push({ rule, matched });
  }
  return { matches: found };
}

function unreadableText(pattern: string, problem: string): string {
  return pattern === '*' ? 'the regular expression for all metrics is .*' : problem;
}
