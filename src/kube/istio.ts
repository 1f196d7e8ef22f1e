/**
 * VirtualService and DestinationRule of Istio, reduced to the fields that Serin reads. Fields that are not named here stay
 * in the value: a list is written back with all that it had.
 */
import type { KubeObject } from './objects.ts';

export interface RouteDestination {
  readonly destination: {
    /** A short name stands for the Service of the object's own namespace. */
    readonly host: string;
    readonly subset?: string;
  };
  /** 0 when absent, but for a destination that is alone; a share of the sum of the route. */
  readonly weight?: number;
}

/** One of the three. */
export interface HeaderPattern {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** All of it has to hold: the headers, and what there is beside them (uri, method, port). */
export interface RequestMatch {
  readonly headers?: Readonly<Record<string, HeaderPattern>>;
}

/** The first one that matches counts. */
export interface HttpRoute {
  readonly name?: string;
  /** One of them has to hold; every request matches where there is none. */
  readonly match?: readonly RequestMatch[];
  readonly route?: readonly RouteDestination[];
}

export interface VirtualService extends KubeObject {
  readonly spec?: { readonly http?: readonly HttpRoute[] };
}

export interface Subset {
  readonly name: string;
  /** Of its pods, beside those that the Service selects. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DestinationRule extends KubeObject {
  readonly spec?: { readonly host?: string; readonly subsets?: readonly Subset[] };
}
