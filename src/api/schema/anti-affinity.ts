/**
 * The anti-affinity block of both strategies: keeps pods of two revisions off the same node.
 */
import { z } from 'zod';
import { int32, optional, withRules } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from '../words/problems.ts';

export const antiAffinity = withRules(
  z.object({
    preferredDuringSchedulingIgnoredDuringExecution: optional(
      z.object({
        weight: int32.meta({ minimum: 1, maximum: 100 }).describe('Weight of the scheduling preference, 1 to 100.'),
      }),
      'Prefer nodes without pods of the other revision.',
    ),
    requiredDuringSchedulingIgnoredDuringExecution: optional(
      z.object({}),
      'Never share a node with pods of the other revision.',
    ),
  }),
  {
    rule: 'has(self.preferredDuringSchedulingIgnoredDuringExecution) != has(self.requiredDuringSchedulingIgnoredDuringExecution)',
    message: PROBLEMS.antiAffinityKinds,
  },
);
export type AntiAffinity = Immutable<z.infer<typeof antiAffinity>>;
