/** The weights of the canary Ingress as time goes by. */
import type { Sight } from './sight.ts';

/** Reports the weight now and after every change; the returned function ends that. */
export function onWeight(sight: Sight, tell: (weight: number) => void): () => void {
  const look = (): void => {
    const weight = sight.view(Date.now())?.weight?.highest;
    if (weight !== undefined) tell(weight);
  };
  look();
  return sight.onChange(look);
}

/** Every weight in the order in which the canary Ingress had it. */
export function followWeights(sight: Sight): { readonly seen: readonly number[]; readonly end: () => void } {
  const seen: number[] = [];
  const end = onWeight(sight, (weight) => {
    if (weight !== seen.at(-1)) seen.push(weight);
  });
  return { seen, end };
}
