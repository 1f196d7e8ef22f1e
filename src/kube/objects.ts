/**
 * The shapes of the Kubernetes objects that Serin reads, reduced to the fields that it uses. Fields that are
 * not named here stay in the value. All types are read-only, because objects come from shared caches.
 */
import type { JsonObject } from './json.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  /** End of the grace period after the deletion request. */
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** A pod template exactly as written; only its metadata has a known shape here. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: JsonObject;
}

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly type?: string;
    readonly ports?: readonly JsonObject[];
  };
}

/** One endpoint of a Service, as the informer keeps it after trimming an EndpointSlice. */
export interface Endpoint {
  /** Name of the pod behind the address; absent when the endpoint is not a pod. */
  readonly podName?: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** An EndpointSlice trimmed on arrival: `metadata.labels['kubernetes.io/service-name']` names its Service. */
export interface EndpointSlice extends KubeObject {
  readonly endpoints: readonly Endpoint[];
}

/** A pod as the metadata-only watch delivers it (PartialObjectMetadata). */
export type PodMetadata = KubeObject;

interface TerminatedContainer {
  readonly reason?: string;
  readonly exitCode: number;
  readonly signal?: number;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: JsonObject;
    readonly terminated?: TerminatedContainer;
  };
}

interface Container {
  readonly name: string;
  readonly image?: string;
  /** `Always` makes a sidecar of an init container. */
  readonly restartPolicy?: string;
}

/** A whole pod, as people look at it; decisions need only {@link PodMetadata}. */
export interface Pod extends KubeObject {
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly (Pick<Condition, 'type' | 'status' | 'reason'> & { readonly message?: string })[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface IngressServiceBackend {
  readonly name: string;
  readonly port?: { readonly name?: string; readonly number?: number };
}

interface IngressBackend {
  readonly service?: IngressServiceBackend;
  readonly resource?: JsonObject;
}

export interface IngressPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend: IngressBackend;
}

export interface IngressRule {
  readonly host?: string;
  readonly http?: { readonly paths: readonly IngressPath[] };
}

/**
 * An Ingress. The informer keeps of `managedFields` only the entries of our own field manager, so
 * that an annotation of ours can be told from one that another tool wrote.
 */
export interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: IngressBackend;
    readonly tls?: readonly JsonObject[];
    readonly rules?: readonly IngressRule[];
  };
}

/** Which controller serves the Ingresses of a class. */
export interface IngressClass extends KubeObject {
  readonly spec?: { readonly controller?: string };
}
