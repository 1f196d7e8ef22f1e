/**
 * A hazard behind every router: the two Services select different values of a label.
 */
import type { Hazard } from '../acts/hazard.ts';
import { selectedLabels } from '../observed/selected-labels.ts';
import type { Situation } from '../observed/situation.ts';

/** A pod has only one value of a label: at the promotion one Service loses the pods before the other selects them. */
export function rolesApart(situation: Situation): readonly Hazard[] {
  const { stableService = '', canaryService = '' } = situation.rollout.spec.strategy?.canary ?? {};
  const stable = new Map(Object.entries(selectedLabels(situation, stableService)));
  const apart = Object.entries(selectedLabels(situation, canaryService)).find(
    ([key, value]) => (stable.get(key) ?? value) !== value,
  );
  return apart === undefined
    ? []
    : [
        {
          reason: 'RolesApart',
          message: `Services ${canaryService} and ${stableService} select different values of label ${apart[0]}, so a promotion takes the pods from ${canaryService} while it still gets traffic; remove the label from the selector of ${canaryService}`,
        },
      ];
}
