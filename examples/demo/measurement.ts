/**
 * What users get of one update, compared with the weights of the canary Ingress. A share is judged when enough requests
 * were answered.
 */
import { versionOfImage } from './manifests.ts';
import { Shares } from './shares.ts';
import type { Sight } from './sight.ts';
import type { Traffic } from './traffic.ts';
import { until, type Patience } from './until.ts';
import { onWeight } from './weights.ts';

/** The answers that are needed to judge a share. */
const SAMPLE = 200;

export interface Measurement {
  /** Resolves when the share at this weight can be judged. */
  enough(weight: number): Promise<unknown>;
  /** Measures no longer. Rejects when a share that can be judged is not as it was asked for. */
  judge(): Promise<string>;
}

interface MeasurementParts {
  readonly sight: Sight;
  readonly traffic: Traffic;
  readonly patience: Patience;
}

/** Begins to measure what pods of this image get. */
export function measure({ sight, traffic, patience }: MeasurementParts, image: string): Measurement {
  const version = versionOfImage(image);
  const shares = new Shares(version, traffic.propagationMs);
  const weights = new Set<number>();
  const endings = [
    onWeight(sight, (weight) => {
      if (weight > 0 && weight < 100) weights.add(weight);
      shares.seeWeight(weight, Date.now());
    }),
    traffic.onAnswer((answer) => shares.add(answer)),
  ];
  return {
    enough: (weight) =>
      until(
        {
          what: `${SAMPLE} answers at weight ${weight}`,
          look: () => (shares.at(weight).counted >= SAMPLE ? weight : null),
          lastSeen: () => `${shares.at(weight).counted} answers`,
          onChange: (listener) => traffic.onAnswer(listener),
        },
        patience,
      ),
    async judge() {
      for (const end of endings) end();
      const told = [...weights].map((weight) => {
        const { counted, percent } = shares.at(weight);
        if (counted < SAMPLE) return `at ${weight} too few to judge (${counted})`;
        const share = `${percent.toFixed(1)} % of ${counted} requests at weight ${weight}`;
        if (Math.abs(percent - weight) > traffic.tolerance(weight, counted)) throw new Error(`${version} got ${share}`);
        return share;
      });
      return `${version} got ${told.join(', ')}`;
    },
  };
}
