/**
 * The parts of the API that belong to Kubernetes: pod templates and Jobs. They are carried unchanged. In the
 * CRDs they have the schema of the API server (definitions/snapshot/).
 */
import { z } from 'zod';
import { optional, stringMap } from './fields.ts';

/** The schemas of the API server that are kept as snapshots. */
export type Snapshot = 'pod-template' | 'job-spec';

/** A snapshot, or a field of it. */
export type SnapshotPath = Snapshot | `${Snapshot}.${string}`;

/** Marks a schema that the CRD generator replaces with the one at a `SnapshotPath`. */
export const SNAPSHOT_KEY = 'x-serin-snapshot';

export const podTemplate = z
  .looseObject({
    metadata: optional(z.looseObject({ labels: optional(stringMap), annotations: optional(stringMap) })),
    spec: optional(z.record(z.string(), z.unknown())),
  })
  .meta({ [SNAPSHOT_KEY]: 'pod-template' satisfies SnapshotPath });

/** Metadata of any Kubernetes object. */
export const objectMetadata = z
  .looseObject({ labels: optional(stringMap), annotations: optional(stringMap) })
  .meta({ [SNAPSHOT_KEY]: 'pod-template.metadata' satisfies SnapshotPath });

export const jobSpec = z.record(z.string(), z.unknown()).meta({ [SNAPSHOT_KEY]: 'job-spec' satisfies SnapshotPath });
