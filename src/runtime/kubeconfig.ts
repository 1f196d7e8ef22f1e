/**
 * Finds the cluster and the namespace of the process: from the flags, else a kubeconfig, else the
 * service account of the pod.
 */
import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';

const SERVICE_ACCOUNT_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** From the flags of the process; '' stands for a flag that is absent. */
export interface ClusterChoice {
  /** Path of a file. */
  readonly kubeconfig: string;
  readonly context: string;
}

/** Throws when the file cannot be read or lacks the context. */
export function loadKubeConfig({ kubeconfig, context }: ClusterChoice): KubeConfig {
  const loaded = new KubeConfig();
  if (kubeconfig === '') loaded.loadFromDefault();
  else loaded.loadFromFile(kubeconfig);
  if (context !== '') loaded.setCurrentContext(context);
  if (loaded.getContextObject(loaded.getCurrentContext()) === null)
    throw new Error(`The kubeconfig has no context ${JSON.stringify(loaded.getCurrentContext())}`);
  return loaded;
}

/**
 * The namespace from the flag, else from the kubeconfig's context, else from the pod, else `default`.
 * Inside a cluster the context is the pod's service account.
 */
export function ownNamespace(
  { namespace }: { readonly namespace: string },
  kubeConfig: KubeConfig,
  podNamespaceFile = SERVICE_ACCOUNT_NAMESPACE,
): string {
  if (namespace !== '') return namespace;
  const ofContext = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace?.trim();
  return ofContext || textOf(podNamespaceFile) || 'default';
}

/** Empty when there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
