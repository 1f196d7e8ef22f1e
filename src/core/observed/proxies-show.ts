/** What proxies were seen to act on when they were asked (ADR 29). Absent where none is asked. */
export interface ProxiesShow {
  /** What all of them show: the objects as they were then, in the words of the router that compares them. */
  readonly state: string;
  /** When every proxy is sure to act on it, milliseconds since the epoch. */
  readonly settledAt: number;
}
