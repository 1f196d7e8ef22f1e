/**
 * The file format of a recording: one JSON value on each line. The first is a header, the last says why the recording
 * ended, and between them is a line for each look. docs/cli/record-and-replay.md describes it.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../kube/json.ts';

export const FORMAT = 'serin-recording';
/** Grows when a reader of an earlier version would misunderstand a file. */
export const FORMAT_VERSION = 1;

const json = z.json() as unknown as z.ZodType<Json>;
const jsonObject = z.record(z.string(), json) as unknown as z.ZodType<JsonObject>;
/** Of a part or an object; they count together. */
const id = z.int().positive();
const ids = z.array(id);
const byName = z.record(z.string(), id);

/** Read before anything else: of a newer format only these fields are known. */
export const formatSchema = z.object({ format: z.literal(FORMAT), version: z.int().positive() });

export const headerSchema = formatSchema.extend({
  /** The version of the program that recorded. */
  serin: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** When it began, RFC 3339. */
  at: z.string(),
  /** Resources that could not be read, with the reason. */
  notRead: z.array(z.string()),
});
export type Header = z.infer<typeof headerSchema>;

const worldSchema = z.object({
  rollout: id,
  /** A workload, or why there is none; `null` without a `workloadRef`. */
  workload: id.nullable(),
  replicaSets: ids,
  pods: ids,
  services: ids,
  claimedServices: z.array(z.string()),
  endpoints: byName,
  /** By the plural of their resource. */
  routed: z.record(z.string(), ids),
  runs: ids,
  templates: byName,
  experiments: ids,
  unreadable: z.object({
    analysis: z.string().nullable(),
    experiments: z.string().nullable(),
    /** By plural; absent in recordings from before there were routes. */
    routed: z.record(z.string(), z.string()).optional(),
  }),
  /** Of its Experiments: what only people look at. */
  around: z.object({ replicaSets: ids, pods: ids, runs: ids }),
});
export type RecordedWorld = z.infer<typeof worldSchema>;

export const lookSchema = z.object({
  /** Counts from 1. */
  look: z.int().positive(),
  /** Of the recorder's clock, milliseconds since the epoch. */
  at: z.int(),
  /** Values that no line before has, by their id. */
  parts: z.array(z.tuple([id, json])),
  /** Objects that no line before has: the parts that their top fields are. */
  objects: z.array(z.tuple([id, byName])),
  world: worldSchema,
  /** Of the template and the steps as they were, before values in them were replaced. */
  hashes: z.object({ template: z.string().nullable(), steps: z.string().nullable() }),
  /** What the recorder decided of the world as it was. */
  plan: z.object({ writes: z.array(jsonObject), requeueAfterMs: z.number().optional() }),
  /** From the world as it is recorded another decision follows, because values in it are replaced. */
  altered: z.boolean().optional(),
  /** Only the API server can say whether the template is that of an earlier revision. */
  inDoubt: z.boolean().optional(),
});
export type RecordedLook = z.infer<typeof lookSchema>;
export type RecordedPlan = RecordedLook['plan'];

const END_REASONS = ['interrupted', 'time', 'done', 'deleted', 'size', 'entries', 'failed'] as const;
export type EndReason = (typeof END_REASONS)[number];

export const endSchema = z.object({
  end: z.enum(END_REASONS),
  at: z.int(),
  /** How many looks stand before it. */
  looks: z.int(),
});
export type End = z.infer<typeof endSchema>;
