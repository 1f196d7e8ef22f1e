/** The pods' addresses in test files that have a data plane of their own: such files may run side by side. */

const WITH_DATA_PLANE = ['controller-killed', 'asking', 'bridge', 'proxy-behaviour', 'traefik-service'] as const;

/** More pods than a file ever makes. The common data plane has the first of these parts. */
const PART = 8192;

/** As in `DataPlaneOptions.firstAddress`: no two files have the same. */
export function firstAddressOf(file: (typeof WITH_DATA_PLANE)[number]): number {
  return (1 + WITH_DATA_PLANE.indexOf(file)) * PART;
}
