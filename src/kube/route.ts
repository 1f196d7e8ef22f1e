/**
 * Routes of the Gateway API, HTTPRoute and GRPCRoute, reduced to the fields that Serin reads. Fields that are not named
 * here stay in the value: a rule is written back with all that it had.
 */
import type { KubeObject } from './objects.ts';

export interface RouteBackend {
  /** `''` when absent. */
  readonly group?: string;
  /** `Service` when absent. */
  readonly kind?: string;
  readonly name: string;
  /** That of the route when absent. */
  readonly namespace?: string;
  readonly port?: number;
  /** 1 when absent; a share of the sum of the rule. */
  readonly weight?: number;
}

export interface RouteHeaderMatch {
  /** `Exact` when absent. */
  readonly type?: string;
  readonly name: string;
  readonly value: string;
}

/** Of an HTTPRoute. */
export interface RoutePathMatch {
  /** `Exact`, `PathPrefix` or `RegularExpression`. */
  readonly type: string;
  readonly value: string;
}

/** All of it has to hold, and whatever the kind of route has beside that. */
export interface RouteMatch {
  readonly headers?: readonly RouteHeaderMatch[];
  /** Every path when absent. */
  readonly path?: RoutePathMatch;
  /** Of an HTTPRoute a method of HTTP; a GRPCRoute has an object here. */
  readonly method?: string | object;
}

/** What is done with a request; the field that is named after the type says more. */
export interface RouteFilter {
  readonly type: string;
  readonly requestMirror?: {
    readonly backendRef: RouteBackend;
    /** All requests when absent. */
    readonly percent?: number;
  };
}

export interface RouteRule {
  /** Unique in its route. */
  readonly name?: string;
  /** One of them has to hold; every request matches where there is none. */
  readonly matches?: readonly RouteMatch[];
  readonly filters?: readonly RouteFilter[];
  readonly backendRefs?: readonly RouteBackend[];
}

export interface ParentReference {
  /** `gateway.networking.k8s.io` when absent. */
  readonly group?: string;
  /** `Gateway` when absent. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

interface RouteCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** What one controller says about one parent of the route. */
export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName?: string;
  readonly conditions?: readonly RouteCondition[];
}

export interface Route extends KubeObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentReference[];
    readonly rules?: readonly RouteRule[];
  };
  readonly status?: { readonly parents?: readonly RouteParentStatus[] };
}
