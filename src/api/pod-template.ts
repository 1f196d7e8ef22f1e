/**
 * The parts of the API that belong to Kubernetes: pod templates and jobs. They are carried as they were
 * written, and in the CRDs they have the schema of the API server itself (snapshot/).
 */
import { z } from 'zod';
import { optional, stringMap } from './fields.ts';

/** The schemas of the API server that are kept as snapshots. */
export type Snapshot = 'pod-template' | 'job-spec';

/** Marks a schema that the CRD generator replaces by a snapshot. */
export const SNAPSHOT_KEY = 'x-serin-snapshot';

/** Only the part that we read ourselves is checked: a quantity that nobody can parse does no harm here. */
export const podTemplate = z
  .looseObject({
    metadata: optional(z.looseObject({ labels: optional(stringMap), annotations: optional(stringMap) })),
    spec: optional(z.record(z.string(), z.unknown())),
  })
  .meta({ [SNAPSHOT_KEY]: 'pod-template' satisfies Snapshot });

export const jobSpec = z.record(z.string(), z.unknown()).meta({ [SNAPSHOT_KEY]: 'job-spec' satisfies Snapshot });
