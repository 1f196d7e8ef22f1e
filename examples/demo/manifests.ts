/**
 * The manifests of the canary-demo: where they are, and which image each of its two Rollouts runs.
 * They are applied unchanged; a patch adds the analysis.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const ANALYSIS = join(import.meta.dirname, 'analysis');

export interface RolloutManifest {
  readonly path: string;
  readonly image: string;
}

export interface Manifests {
  /** Namespace of everything, because the manifests name none. */
  readonly namespace: string;
  readonly rolloutName: string;
  /** Where users find the application: the first host of the Ingress. */
  readonly host: string;
  /** The other objects that the Rollout needs. */
  readonly surroundings: readonly string[];
  /** How a release is measured: the template, and what the Rollout gets to use it. */
  readonly analysis: { readonly template: string; readonly rolloutPatch: string };
  /** The Rollout as it is deployed first, and as it is updated. */
  readonly first: RolloutManifest;
  readonly second: RolloutManifest;
}

const rollout = z.object({
  kind: z.literal('Rollout'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })).min(1) }) }),
  }),
});

const ingress = z.object({
  kind: z.literal('Ingress'),
  spec: z.object({ rules: z.tuple([z.object({ host: z.string() })], z.unknown()) }),
});

/** Throws when a manifest is missing or is not what it should be. */
export async function readManifests(examplesDir: string): Promise<Manifests> {
  const path = (name: string): string => resolve(join(examplesDir, `canary-demo-${name}.yaml`));
  // One after the other, so that the same one is named each time when several are missing.
  const first = await readRollout(path('rollout'));
  const second = await readRollout(path('rollout-green'));
  const { spec } = await read(path('ingress'), ingress);
  return {
    namespace: 'default',
    rolloutName: first.name,
    host: spec.rules[0].host,
    surroundings: [path('services'), path('ingress')],
    analysis: { template: join(ANALYSIS, 'template.yaml'), rolloutPatch: join(ANALYSIS, 'rollout-patch.yaml') },
    first,
    second,
  };
}

async function readRollout(path: string): Promise<RolloutManifest & { readonly name: string }> {
  const { metadata, spec } = await read(path, rollout);
  const [{ image } = { image: '' }] = spec.template.spec.containers;
  return { path, image, name: metadata.name };
}

async function read<T extends { readonly kind: string }>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new Error(`${path} cannot be used by the demo`, { cause: error });
  }
}

/** The tags of the demo's image that are a colour to look at. */
export const COLOURS = ['blue', 'green', 'yellow', 'orange', 'purple', 'red'] as const;

export type Colour = (typeof COLOURS)[number];

/** The same image in the next colour. */
export function imageAfter(image: string): string {
  const next = (COLOURS.findIndex((colour) => colour === colourOf(image)) + 1) % COLOURS.length;
  return imageIn(COLOURS[next] ?? COLOURS[0], image);
}

/** The same image in that colour. */
export function imageIn(colour: Colour, image: string): string {
  return `${splitImage(image)[0]}:${colour}`;
}

/** The same image in that colour, in its bad form: it fails some of its requests. */
export function badImageIn(colour: Colour, image: string): string {
  return `${splitImage(image)[0]}:bad-${colour}`;
}

/** The colour that an image shows, if it is one of the demo's. */
export function colourOf(image: string): Colour | undefined {
  const version = versionOfImage(image);
  return COLOURS.find((colour) => colour === version);
}

/** What pods of an image answer: its tag; for the demo's images only the colour. */
export function versionOfImage(image: string): string {
  const [, tag] = splitImage(image);
  return tag.replace(/^(?:bad|slow)-/, '');
}

/** Name and tag; a colon before the last slash is a port. */
function splitImage(image: string): readonly [string, string] {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon + 1)] : [image, ''];
}
