/** The spec of a Deployment (apps/v1). */
import { z } from 'zod';

const podsOrShare = z.union([z.int(), z.string()]);

export const deploymentSpec = z.object({
  replicas: z.exactOptional(z.int()),
  selector: z.record(z.string(), z.unknown()),
  template: z.record(z.string(), z.unknown()),
  strategy: z.exactOptional(
    z.object({
      type: z.exactOptional(z.enum(['RollingUpdate', 'Recreate'])),
      rollingUpdate: z.exactOptional(
        z.object({ maxSurge: z.exactOptional(podsOrShare), maxUnavailable: z.exactOptional(podsOrShare) }),
      ),
    }),
  ),
  minReadySeconds: z.exactOptional(z.int()),
  revisionHistoryLimit: z.exactOptional(z.int()),
  paused: z.exactOptional(z.boolean()),
  progressDeadlineSeconds: z.exactOptional(z.int()),
});
export type DeploymentSpec = z.infer<typeof deploymentSpec>;
