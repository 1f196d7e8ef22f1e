import { describe, expect, test } from 'vitest';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import { jobNameOf, jobOf } from '../../../src/providers/job/manifest.ts';

const UID = '7910d087-5770-4c5c-8788-0f0b24918f6a';
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

describe('the name of a Job', () => {
  test.each([
    { name: 'is that of the metric', metric: 'errors', number: 1, middle: /^errors$/ },
    { name: 'keeps dots', metric: 'shop.errors', number: 12, middle: /^shop\.errors$/ },
    { name: 'keeps the longest that fits', metric: 'a'.repeat(24), number: 1, middle: /^a{24}$/ },
    { name: 'is cut one earlier for the tenth', metric: 'a'.repeat(24), number: 10, middle: /^a+-[a-z0-9]{9,10}$/ },
    { name: 'is cleaned of blanks and case', metric: 'Error Rate', number: 1, middle: /^error-rate-[a-z0-9]+$/ },
    { name: 'is cleaned of a dash at its end', metric: 'errors-', number: 1, middle: /^errors-[a-z0-9]+$/ },
    { name: 'is cleaned of a dash before a dot', metric: 'a-.b', number: 1, middle: /^a-b-[a-z0-9]+$/ },
    { name: 'is only a hash where nothing is left', metric: '!', number: 1, middle: /^[a-z0-9]+$/ },
    {
      name: 'is only a hash of other scripts',
      metric: 'Fehlerzähler'.replaceAll(/[a-zA-Z]/g, 'ä'),
      number: 1,
      middle: /^[a-z0-9]+$/,
    },
  ])('$name: $metric', ({ metric, number, middle }) => {
    const name = jobNameOf(UID, metric, number);
    expect(name).toMatch(SUBDOMAIN);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(name.startsWith(`${UID}.`)).toBe(true);
    expect(name.endsWith(`.${number}`)).toBe(true);
    expect(name.slice(UID.length + 1, -`.${number}`.length)).toMatch(middle);
  });

  test('differs for metrics that are alike as far as it goes', () => {
    const metrics = ['a-metric-with-a-long-name-1', 'a-metric-with-a-long-name-2', 'a_b', 'a b', 'A-b'];
    expect(new Set(metrics.map((metric) => jobNameOf(UID, metric, 1))).size).toBe(metrics.length);
  });
});

describe('the Job', () => {
  const run = { namespace: 'shop', name: 'web-1', uid: UID };
  const metric: Metric = { name: 'errors', provider: {} };
  const job = {
    metadata: { labels: { team: 'shop', 'analysisrun.argoproj.io/uid': 'forged' }, annotations: { note: 'x' } },
    spec: {
      backoffLimit: 0,
      template: { metadata: { labels: { app: 'check' }, annotations: { a: 'b' } }, spec: { restartPolicy: 'Never' } },
    },
  };

  test('has what its metric says, is labelled with its run, pods too, and is owned by it', () => {
    expect(jobOf({ run, metric, number: 2 }, job, 'shop')).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${UID}.errors.2`,
        namespace: 'shop',
        labels: { team: 'shop', 'analysisrun.argoproj.io/uid': UID },
        annotations: {
          note: 'x',
          'analysisrun.argoproj.io/name': 'web-1',
          'analysisrun.argoproj.io/namespace': 'shop',
          'analysisrun.argoproj.io/metric-name': 'errors',
        },
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'AnalysisRun',
            name: 'web-1',
            uid: UID,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { app: 'check', 'analysisrun.argoproj.io/uid': UID }, annotations: { a: 'b' } },
          spec: { restartPolicy: 'Never' },
        },
      },
    });
  });

  test('in another namespace has no owner', () => {
    expect(jobOf({ run, metric, number: 2 }, job, 'checks')['metadata']).not.toHaveProperty('ownerReferences');
  });

  test('without a template still has the label, so that the API server says what is missing', () => {
    expect(jobOf({ run, metric, number: 1 }, { spec: {} }, 'shop')['spec']).toEqual({
      template: { metadata: { labels: { 'analysisrun.argoproj.io/uid': UID } } },
    });
  });
});
