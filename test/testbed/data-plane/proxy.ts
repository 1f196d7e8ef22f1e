/** What the data plane needs of a proxy that implements Ingresses, whichever it is. */

export interface Proxy {
  readonly name: string;
  /** To whom a request with a weight goes is drawn for each, or dealt out in turn, which makes a share exact. */
  readonly shares: 'drawn' | 'in turn';
  /**
   * It closes kept connections when it learns of a new host or path. As browsers do, clients send what they were just
   * sending on one of those again.
   */
  readonly closesKept: boolean;
  /** Where clients connect, always on loopback. */
  readonly address: ProxyAddress;
  /** Of the proxy itself, and of every request that it did not answer well. */
  readonly logPath: string;
  /** What it counts, in the format of Prometheus, on loopback. */
  readonly metricsUrl: string;
  /**
   * The longest time that this proxy, with its default settings, may take from a write to the API until it acts on
   * it. Only after that may a test insist; whether it was so is what `pulse.ts` watches.
   */
  readonly propagationMs: number;
  stop(): Promise<void>;
}

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}
