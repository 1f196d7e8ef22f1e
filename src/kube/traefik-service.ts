/**
 * TraefikService of Traefik's own API, reduced to the fields that Serin reads. Fields that are not named here stay in the
 * value: a list is written back with all that it had.
 */
import type { KubeObject } from './objects.ts';

export interface WeightedBackend {
  /** `Service` when absent; `TraefikService` is the other one. */
  readonly kind?: string;
  readonly name: string;
  /** That of the TraefikService when absent. */
  readonly namespace?: string;
  /** 1 when absent; a share of the sum of the list. */
  readonly weight?: number;
}

export interface TraefikService extends KubeObject {
  readonly spec?: {
    /** A TraefikService may mirror or fail over instead. */
    readonly weighted?: {
      readonly services?: readonly WeightedBackend[];
      /** A cookie that binds clients to one of the services. */
      readonly sticky?: unknown;
    };
  };
}
