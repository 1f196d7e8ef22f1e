/** Implementations of the Gateway API of which more is known than what every one has, by the names of their controllers. */

export const CONTOUR = 'projectcontour.io/gateway-controller';
export const TRAEFIK = 'traefik.io/gateway-controller';
