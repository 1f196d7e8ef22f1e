/**
 * The manifests of the canary-demo: where they are, and which image each of its two Rollouts runs.
 * They are applied as they are; nothing here changes one.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export interface RolloutManifest {
  readonly path: string;
  readonly image: string;
}

export interface Manifests {
  /** Namespace of everything, because the manifests name none. */
  readonly namespace: string;
  readonly rolloutName: string;
  /** What the Rollout needs beside it. */
  readonly surroundings: readonly string[];
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

/** Throws when a manifest is missing or is not the Rollout that it should be. */
export async function readManifests(examplesDir: string): Promise<Manifests> {
  const path = (name: string): string => resolve(join(examplesDir, `canary-demo-${name}.yaml`));
  const [first, second] = await Promise.all([readRollout(path('rollout')), readRollout(path('rollout-green'))]);
  return {
    namespace: 'default',
    rolloutName: first.name,
    surroundings: [path('services'), path('ingress')],
    first,
    second,
  };
}

async function readRollout(path: string): Promise<RolloutManifest & { readonly name: string }> {
  try {
    const { metadata, spec } = rollout.parse(parse(await readFile(path, 'utf8')));
    const [{ image } = { image: '' }] = spec.template.spec.containers;
    return { path, image, name: metadata.name };
  } catch (error) {
    throw new Error(`${path} is not a Rollout that the demo can use`, { cause: error });
  }
}

/** The tags of the demo's image that are a colour to look at. */
const COLOURS = ['blue', 'green', 'yellow', 'orange', 'purple', 'red'] as const;

/** The same image in the next colour. */
export function imageAfter(image: string): string {
  const [name, tag] = splitImage(image);
  const next = (COLOURS.findIndex((colour) => colour === tag) + 1) % COLOURS.length;
  return `${name}:${COLOURS[next] ?? COLOURS[0]}`;
}

/** The colour that an image shows, if it is one of the demo's. */
export function colourOf(image: string): string | undefined {
  const [, tag] = splitImage(image);
  return COLOURS.find((colour) => colour === tag);
}

/** Name and tag; a colon before the last slash is a port. */
function splitImage(image: string): readonly [string, string] {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon + 1)] : [image, ''];
}
