/** The names of the ConfigMap and the Secret of notifications, which the API defines (specification, D). */
export const CONFIG_MAP = 'argo-rollouts-notification-configmap';
export const SECRET = 'argo-rollouts-notification-secret';
