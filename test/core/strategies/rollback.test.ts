/** What counts as going back to a recent revision (spec 5.9). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { isWithinRollbackWindow } from '../../../src/core/strategies/rollback.ts';
import { buildSituation, NOW, type Revision } from '../build-world.ts';

const REVISIONS: readonly Revision[] = ['v1', 'v2', 'v3', 'v4'].map((version) => ({ version, size: 1 }));

function withinWindow(stable: string, version: string, revisions?: number, list = REVISIONS): boolean {
  return isWithinRollbackWindow(
    buildSituation({
      stable,
      version,
      revisions: list,
      spec: revisions === undefined ? {} : { rollbackWindow: { revisions } },
    }),
  );
}

describe('isWithinRollbackWindow', () => {
  test.each([
    { stable: 'v4', version: 'v3', window: 1, within: true },
    { stable: 'v4', version: 'v2', window: 1, within: false },
    { stable: 'v4', version: 'v2', window: 2, within: true },
    { stable: 'v4', version: 'v1', window: 2, within: false },
    { stable: 'v4', version: 'v1', window: 3, within: true },
    { stable: 'v4', version: 'v3', window: undefined, within: false },
    { stable: 'v4', version: 'v3', window: 0, within: false },
    { stable: 'v4', version: 'v4', window: 3, within: false },
    // Forward is not back.
    { stable: 'v3', version: 'v4', window: 3, within: false },
  ])('from $stable to $version with a window of $window → $within', ({ stable, version, window, within }) => {
    expect(withinWindow(stable, version, window)).toBe(within);
  });

  test('age counts, not the revision number that going back gives', () => {
    const renumbered = REVISIONS.map((one) => (one.version === 'v1' ? { ...one, number: 9 } : one));
    expect(withinWindow('v4', 'v1', 3, renumbered)).toBe(true);
    expect(withinWindow('v1', 'v4', 3, renumbered)).toBe(false);
  });

  describe('creation times are whole seconds: within one, the first number of a revision tells its age', () => {
    const together = REVISIONS.map((one) => ({ ...one, createdAt: NOW - 60_000 }));

    test.each([
      { stable: 'v4', version: 'v3', window: 1, within: true },
      { stable: 'v4', version: 'v2', window: 1, within: false },
      { stable: 'v3', version: 'v4', window: 3, within: false },
    ])('from $stable to $version with a window of $window → $within', ({ stable, version, window, within }) => {
      expect(withinWindow(stable, version, window, together)).toBe(within);
    });

    test('it stays the first when going back has given a new one', () => {
      const renumbered = together.map((one) =>
        one.version === 'v1' ? { ...one, number: 5, annotations: { [ANNOTATIONS.revisionHistory]: '1' } } : one,
      );
      expect(withinWindow('v4', 'v1', 3, renumbered)).toBe(true);
      expect(withinWindow('v1', 'v4', 3, renumbered)).toBe(false);
    });

    test('without numbers nothing is older', () => {
      const unnumbered = together.map((one) => ({ ...one, annotations: { [ANNOTATIONS.revision]: 'first' } }));
      expect(withinWindow('v4', 'v3', 3, unnumbered)).toBe(false);
      expect(withinWindow('v3', 'v4', 3, unnumbered)).toBe(false);
    });
  });

  test('ReplicaSets of an experiment are not counted', () => {
    const experiment = REVISIONS.map((one) =>
      one.version === 'v2' ? { ...one, annotations: { [ANNOTATIONS.experimentName]: 'trial' } } : one,
    );
    expect(withinWindow('v3', 'v1', 1)).toBe(false);
    expect(withinWindow('v3', 'v1', 1, experiment)).toBe(true);
  });
});
