/**
 * What may belong to a Rollout or an Experiment, as lists to read or to watch. This file loads nothing else: a command
 * asks for them before it loads what reads the answers.
 */
import { LABELS } from '../api/words/labels.ts';
import {
  ANALYSIS_RUNS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  SERVICES,
  type Resource,
} from '../kube/resources.ts';

export interface ListOf {
  readonly resource: Resource;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Only what belongs to a Rollout or an Experiment carries this label. */
const OF_ROLLOUTS = { labelSelector: LABELS.podTemplateHash };

export const AROUND: readonly ListOf[] = [
  { resource: REPLICA_SETS, ...OF_ROLLOUTS },
  { resource: PODS, ...OF_ROLLOUTS },
  { resource: ANALYSIS_RUNS },
  { resource: EXPERIMENTS },
  { resource: SERVICES },
  { resource: INGRESSES },
];
