/**
 * An Experiment in virtual time: its looks are decided and carried out on objects that a test reads and changes as the
 * rest of a cluster would.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { AnalysisTemplateSpec } from '../../../src/api/schema/analysis-template.ts';
import type { Experiment, ExperimentSpec, ExperimentTemplate } from '../../../src/api/schema/experiment.ts';
import { decideExperiment } from '../../../src/core/experiment/decide.ts';
import { gatherExperiment } from '../../../src/core/experiment/gather.ts';
import type { ExperimentWorld } from '../../../src/core/experiment/world.ts';
import { lookupIn } from '../../../src/core/observed/lookup.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject, ReplicaSet, Service } from '../../../src/kube/objects.ts';
import type { Plan, Write } from '../../../src/kube/plan.ts';
import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  EXPERIMENTS,
  REPLICA_SETS,
  SERVICES,
  type Resource,
} from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { patched } from '../../../src/kube/patched.ts';

export const NOW = Date.parse('2026-01-02T03:04:05Z');

/** A template with one pod that listens on a port. */
export function template(name: string, fields: Partial<ExperimentTemplate> = {}): ExperimentTemplate {
  return {
    name,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
    ...fields,
  };
}

export function experiment(spec: Partial<ExperimentSpec>, fields: Partial<Experiment> = {}): Experiment {
  return {
    metadata: {
      name: 'trial',
      namespace: 'shop',
      uid: 'uid-trial',
      resourceVersion: '1',
      creationTimestamp: formatTime(NOW),
    },
    spec: { templates: [template('a')], ...spec },
    ...fields,
  };
}

/** A template of an analysis with one metric. */
export const RATE: AnalysisTemplateSpec = {
  metrics: [{ name: 'rate', provider: { prometheus: { address: 'http://prometheus', query: 'up' } } }],
};

type Objects = Map<string, KubeObject>;

export class Trial {
  now = NOW;
  /** What the next looks know beside the objects. */
  informed: Partial<ExperimentWorld> = {};
  readonly events: string[] = [];
  readonly #objects: Objects = new Map();
  #version = 1;

  constructor(spec: Partial<ExperimentSpec>, templates: Readonly<Record<string, AnalysisTemplateSpec>> = {}) {
    this.put(EXPERIMENTS, experiment(spec));
    for (const [name, templateSpec] of Object.entries(templates)) this.addTemplate(name, templateSpec);
  }

  get experiment(): Experiment {
    return this.#get<Experiment>(EXPERIMENTS, 'trial');
  }

  get status(): NonNullable<Experiment['status']> {
    return this.experiment.status ?? {};
  }

  get services(): readonly string[] {
    return this.#list(SERVICES).map(({ metadata }) => metadata.name);
  }

  /** Size of each ReplicaSet. */
  get sizes(): Readonly<Record<string, number>> {
    const replicaSets = this.#list(REPLICA_SETS) as ReplicaSet[];
    return Object.fromEntries(replicaSets.map(({ metadata, spec }) => [metadata.name, spec.replicas ?? 1]));
  }

  get states(): readonly (string | undefined)[] {
    return (this.status.templateStatuses ?? []).map(({ status }) => status);
  }

  get world(): ExperimentWorld {
    const lookup = lookupIn((resource) => this.#list(resource));
    return { ...gatherExperiment(lookup, this.experiment, this.now), ...this.informed };
  }

  replicaSet(name: string): ReplicaSet {
    return this.#get<ReplicaSet>(REPLICA_SETS, name);
  }

  service(name: string): Service {
    return this.#get<Service>(SERVICES, name);
  }

  run(name = 'trial-check'): AnalysisRun {
    return this.#get<AnalysisRun>(ANALYSIS_RUNS, name);
  }

  /** One look, carried out. */
  look(): Plan {
    const plan = decideExperiment(this.world);
    for (const write of plan.writes) this.#carryOut(write);
    return plan;
  }

  /** Looks until a look finds nothing to do; a plan that never ends is a mistake. */
  settle(): Plan {
    for (let looks = 0; looks < 10; looks++) {
      const plan = this.look();
      if (plan.writes.length === 0) return plan;
    }
    throw new Error('every look finds something to do');
  }

  wait(seconds: number): Plan {
    this.now += seconds * 1000;
    return this.settle();
  }

  /** The pods of a ReplicaSet are as its spec says, and so many of them are available. */
  setAvailable(name: string, available: number): this {
    const { spec, ...rest } = this.replicaSet(name);
    const status = { replicas: spec.replicas ?? 1, readyReplicas: available, availableReplicas: available };
    this.put(REPLICA_SETS, { ...rest, spec, status } as ReplicaSet);
    return this;
  }

  setRun(phase: string, message = '', name = 'trial-check'): this {
    this.put(ANALYSIS_RUNS, { ...this.run(name), status: { phase, message } } as AnalysisRun);
    return this;
  }

  change(spec: Partial<ExperimentSpec>): this {
    this.put(EXPERIMENTS, { ...this.experiment, spec: { ...this.experiment.spec, ...spec } } as Experiment);
    return this;
  }

  addTemplate(name: string, spec: AnalysisTemplateSpec): void {
    const metadata = { name, namespace: 'shop', uid: name, resourceVersion: '1' };
    this.put(ANALYSIS_TEMPLATES, { metadata, spec } as KubeObject);
  }

  put(resource: Resource, object: KubeObject): void {
    this.#objects.set(`${resource.plural} ${object.metadata.name}`, object);
  }

  remove(resource: Resource, name: string): void {
    this.#objects.delete(`${resource.plural} ${name}`);
  }

  #carryOut(write: Write): void {
    const { resource, name } = write;
    switch (write.op) {
      case 'create': {
        if (this.#objects.has(`${resource.plural} ${name}`)) throw new Error(`${resource.plural} ${name} exists`);
        const { metadata, ...rest } = write.body as unknown as KubeObject;
        const version = { uid: `uid-${name}`, resourceVersion: String(++this.#version) };
        this.put(resource, { ...rest, metadata: { ...metadata, ...version } });
        break;
      }
      case 'patch': {
        const before = this.#get<KubeObject>(resource, name);
        if (write.resourceVersion !== undefined && write.resourceVersion !== before.metadata.resourceVersion)
          throw new Error(`${name} has changed`);
        const after = patched(before as unknown as JsonObject, write.patch) as unknown as KubeObject;
        const resourceVersion = String(++this.#version);
        this.put(resource, { ...after, metadata: { ...after.metadata, resourceVersion } });
        break;
      }
      case 'delete':
        this.remove(resource, name);
        break;
      default:
        throw new Error(`an experiment makes no write of this kind: ${write.op}`);
    }
    this.events.push(...(write.events ?? []).map(({ reason, message }) => `${reason}: ${message}`));
  }

  #get<T extends KubeObject>(resource: Resource, name: string): T {
    const object = this.#objects.get(`${resource.plural} ${name}`);
    if (object === undefined) throw new Error(`there is no ${resource.kind} ${name}`);
    return object as T;
  }

  #list(resource: Resource): readonly KubeObject[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${resource.plural} `)).map(([, object]) => object);
  }
}
