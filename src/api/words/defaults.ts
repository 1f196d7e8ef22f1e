/** What a field of a Rollout means when it is absent (spec 1). Descriptions, rules of the CRD, validation and decisions read it here. */
export const DEFAULTS = {
  replicas: 1,
  minReadySeconds: 0,
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 10,
  /** Of both strategies. */
  scaleDownDelaySeconds: 30,
  /** Of both strategies. */
  abortScaleDownDelaySeconds: 30,
  maxTrafficWeight: 100,
} as const;
