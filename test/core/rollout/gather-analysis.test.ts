/** What a Rollout sees of its runs and templates where not all of them can be read. */
import { describe, expect, test } from 'vitest';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { lookupIn, type Lookup, type Unreadable } from '../../../src/core/observed/lookup.ts';
import { templateKey } from '../../../src/core/observed/world.ts';
import { gatherAnalysis } from '../../../src/core/rollout/gather-analysis.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../../../src/kube/resources.ts';
import { buildWorld, NAMESPACE, routed } from '../build-world.ts';

const NO_RIGHT: Unreadable = { why: 'Cannot list them: no right', isForGood: false };
const NEVER: Unreadable = { why: 'it is out of reach', isForGood: true };

function template(name: string, namespace?: string): KubeObject {
  const metadata = {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    ...(namespace === undefined ? {} : { namespace }),
  };
  return { metadata, spec: { metrics: [] } } as KubeObject;
}

interface Cluster {
  readonly templates?: readonly string[];
  readonly clusterTemplates?: readonly string[];
  readonly unreadable?: Readonly<Record<string, Unreadable>>;
}

function lookup({ templates = [], clusterTemplates = [], unreadable = {} }: Cluster): Lookup {
  const found = lookupIn(({ plural }) => {
    if (plural === ANALYSIS_TEMPLATES.plural) return templates.map((name) => template(name, NAMESPACE));
    return plural === CLUSTER_ANALYSIS_TEMPLATES.plural ? clusterTemplates.map((name) => template(name)) : [];
  });
  return { ...found, unreadable: ({ plural }) => unreadable[plural] ?? null };
}

const OF_NAMESPACE = { templateName: 'smoke' };
const OF_CLUSTER = { templateName: 'smoke', clusterScope: true };

function rolloutWith(...templates: readonly object[]): Rollout {
  return buildWorld({ strategy: routed({ steps: templates.length === 0 ? [] : [{ analysis: { templates } }] }) })
    .rollout;
}

describe('what may not be read', () => {
  test.each([
    {
      name: 'is said where the template is not found',
      rollout: rolloutWith(OF_NAMESPACE),
      cluster: { unreadable: { analysistemplates: NO_RIGHT } },
      why: NO_RIGHT.why,
    },
    {
      name: 'is said of the runs, though the templates are there',
      rollout: rolloutWith(OF_NAMESPACE),
      cluster: { templates: ['smoke'], unreadable: { analysisruns: NO_RIGHT } },
      why: NO_RIGHT.why,
    },
    {
      name: 'is no matter where the template was found before',
      rollout: rolloutWith(OF_NAMESPACE),
      cluster: { templates: ['smoke'], unreadable: { analysistemplates: NO_RIGHT } },
      why: null,
    },
    {
      name: 'is no matter where it is of a kind that nothing refers to',
      rollout: rolloutWith(OF_NAMESPACE),
      cluster: { unreadable: { clusteranalysistemplates: NO_RIGHT } },
      why: null,
    },
    {
      name: 'is no matter for a Rollout without an analysis',
      rollout: rolloutWith(),
      cluster: { unreadable: { analysisruns: NO_RIGHT, analysistemplates: NO_RIGHT } },
      why: null,
    },
  ])('$name', ({ rollout, cluster, why }) => {
    expect(gatherAnalysis(lookup(cluster), rollout).unreadable).toBe(why);
  });

  test('for good is a problem of the template, and nothing is waited for', () => {
    const cluster = lookup({ unreadable: { clusteranalysistemplates: NEVER } });
    const { templates, unreadable } = gatherAnalysis(cluster, rolloutWith(OF_CLUSTER));
    expect(unreadable).toBeNull();
    expect(templates.get(templateKey({ kind: 'ClusterAnalysisTemplate', name: 'smoke' }))).toEqual({
      problem: NEVER.why,
    });
  });
});
