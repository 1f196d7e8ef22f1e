/**
 * What the API server adds to a pod template when it stores a ReplicaSet: the defaults of Kubernetes
 * 1.36 for templates, by type. Defaults that only a Pod gets (requests from limits, service links) are
 * not here, because no ReplicaSet carries them.
 */
import { defaultPullPolicy } from './image-pull-policy.ts';
import type { Json, JsonObject } from './json.ts';
import type { PodTemplate } from './objects.ts';
import { POD_TEMPLATE_TYPES } from './pod-template-types.ts';
import { roundedUpToMilli } from './quantity.ts';
import { mapStructs } from './typed-json.ts';

type Struct = Record<string, Json | undefined>;
type TypeName = keyof typeof POD_TEMPLATE_TYPES;

/** World-readable, writable by the owner: 0644. */
const FILE_MODE = 0o644;

/** Fields that are set when they are absent or the empty value of their type. */
const EMPTY_FIELD_DEFAULTS: Partial<Record<TypeName, JsonObject>> = {
  PodSpec: { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' },
  ContainerPort: { protocol: 'TCP' },
  Probe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  HTTPGetAction: { path: '/', scheme: 'HTTP' },
  ObjectFieldSelector: { apiVersion: 'v1' },
  ISCSIVolumeSource: { iscsiInterface: 'default' },
  RBDVolumeSource: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  ScaleIOVolumeSource: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

/** Fields that are set only when they are absent: a zero there is the user's choice. */
const ABSENT_FIELD_DEFAULTS: Partial<Record<TypeName, JsonObject>> = {
  PodSpec: { securityContext: {}, terminationGracePeriodSeconds: 30 },
  GRPCAction: { service: '' },
  FileKeySelector: { optional: false },
  SecretVolumeSource: { defaultMode: FILE_MODE },
  ConfigMapVolumeSource: { defaultMode: FILE_MODE },
  DownwardAPIVolumeSource: { defaultMode: FILE_MODE },
  ProjectedVolumeSource: { defaultMode: FILE_MODE },
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
  HostPathVolumeSource: { type: '' },
  PersistentVolumeClaimSpec: { volumeMode: 'Filesystem' },
  AzureDiskVolumeSource: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
};

/** Defaults that depend on the other fields. */
const COMPUTED_DEFAULTS: Partial<Record<TypeName, (struct: Struct) => void>> = {
  PodSpec: (spec) => {
    mirrorServiceAccount(spec);
    roundAmounts(spec, 'overhead');
  },
  Container: defaultContainer,
  EphemeralContainer: defaultContainer,
  Volume: (volume) => {
    const hasSource = Object.keys(volume).some((field) => field !== 'name' && !isAbsent(volume[field]));
    if (!hasSource) volume['emptyDir'] = {};
  },
  ImageVolumeSource: (source) => {
    if (isEmpty(source['pullPolicy'])) source['pullPolicy'] = pullPolicyFor(source['reference']);
  },
  ResourceRequirements: roundLimitsAndRequests,
  VolumeResourceRequirements: roundLimitsAndRequests,
};

/** The template as the API server would store it in a ReplicaSet. The given template stays as it is. */
export function withDefaults(template: PodTemplate): PodTemplate {
  const complete = { ...template, spec: template.spec ?? {} };
  return mapStructs(POD_TEMPLATE_TYPES, 'PodTemplateSpec', complete, addDefaults) as PodTemplate;
}

function addDefaults(typeName: string, struct: Struct): void {
  const type = typeName as TypeName;
  for (const [field, value] of Object.entries(EMPTY_FIELD_DEFAULTS[type] ?? {})) {
    if (isEmpty(struct[field])) struct[field] = value;
  }
  for (const [field, value] of Object.entries(ABSENT_FIELD_DEFAULTS[type] ?? {})) {
    if (isAbsent(struct[field])) struct[field] = value;
  }
  COMPUTED_DEFAULTS[type]?.(struct);
}

function defaultContainer(container: Struct): void {
  if (isEmpty(container['imagePullPolicy'])) container['imagePullPolicy'] = pullPolicyFor(container['image']);
  if (isEmpty(container['terminationMessagePath'])) container['terminationMessagePath'] = '/dev/termination-log';
  if (isEmpty(container['terminationMessagePolicy'])) container['terminationMessagePolicy'] = 'File';
}

function pullPolicyFor(image: Json | undefined): string {
  return defaultPullPolicy(typeof image === 'string' ? image : '');
}

/** `serviceAccount` is the deprecated name of `serviceAccountName`; the API server keeps both the same. */
function mirrorServiceAccount(spec: Struct): void {
  if (isEmpty(spec['serviceAccountName'])) spec['serviceAccountName'] = spec['serviceAccount'];
  spec['serviceAccount'] = spec['serviceAccountName'];
}

function roundLimitsAndRequests(resources: Struct): void {
  roundAmounts(resources, 'limits');
  roundAmounts(resources, 'requests');
}

function roundAmounts(struct: Struct, field: string): void {
  const amounts = struct[field];
  if (typeof amounts !== 'object' || amounts === null || Array.isArray(amounts)) return;
  struct[field] = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, roundedUpToMilli(amount)]));
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function isEmpty(value: Json | undefined): boolean {
  return isAbsent(value) || value === '' || value === 0;
}
