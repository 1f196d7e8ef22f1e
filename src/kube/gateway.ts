/**
 * Gateways of the Gateway API and their classes, reduced to what Serin reads: which class a Gateway has, and what that
 * class says it supports.
 */
import type { KubeObject } from './objects.ts';

export interface Gateway extends KubeObject {
  readonly spec?: { readonly gatewayClassName?: string };
}

/** Cluster-scoped. */
export interface GatewayClass extends KubeObject {
  /** Before version 1.2 of the API a feature was a text by itself. */
  readonly status?: { readonly supportedFeatures?: readonly (string | { readonly name: string })[] };
}
