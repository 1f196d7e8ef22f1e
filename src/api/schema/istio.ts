/**
 * Which VirtualServices and which DestinationRule a Rollout leads through.
 */
import type { TrafficRouting } from './traffic-routing.ts';

type IstioRouting = NonNullable<TrafficRouting['istio']>;
type Written = NonNullable<IstioRouting['virtualService']>;

/** A VirtualService that a Rollout divides. */
export interface NamedVirtualService {
  readonly name: string;
  /** `null` where none is written: that of the Rollout. */
  readonly namespace: string | null;
  /** Names of its HTTP routes; none: its only one. */
  readonly routes: readonly string[];
  /** It asks for TLS or TCP routes as well. */
  readonly asksForOthers: boolean;
  /** Where the spec names it, below `istio`: `virtualServices[1]`. */
  readonly field: string;
}

const NONE: readonly NamedVirtualService[] = [];

/** In the order in which they are named. */
export function namedVirtualServices(istio: IstioRouting | undefined): readonly NamedVirtualService[] {
  if (istio === undefined) return NONE;
  const { virtualService, virtualServices = [] } = istio;
  const single = virtualService === undefined ? [] : [readOne(virtualService, 'virtualService')];
  return [...single, ...virtualServices.map((one, index) => readOne(one, `virtualServices[${index}]`))];
}

function readOne(written: Written, field: string): NamedVirtualService {
  const { routes = [], tlsRoutes = [], tcpRoutes = [] } = written;
  const asksForOthers = tlsRoutes.length > 0 || tcpRoutes.length > 0;
  return { ...namesIn(written.name), routes, asksForOthers, field };
}

/** `name.namespace` is how this API has always written it, so no name can hold a dot. */
function namesIn(text: string): Pick<NamedVirtualService, 'name' | 'namespace'> {
  const slash = text.indexOf('/');
  if (slash !== -1) return { name: text.slice(slash + 1), namespace: text.slice(0, slash) };
  const dot = text.indexOf('.');
  return dot === -1 ? { name: text, namespace: null } : { name: text.slice(0, dot), namespace: text.slice(dot + 1) };
}
