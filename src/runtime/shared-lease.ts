/** A lease that several processes hold together, and what they write on it about themselves. */

/** `null` removes one. */
type WrittenAnnotations = Readonly<Record<string, string | null>>;

export interface SharedLease {
  /** Written with each renewal. */
  readonly annotations: () => WrittenAnnotations;
  /** Written instead when this process leaves. */
  readonly farewell: () => WrittenAnnotations;
  /** Called after each renewal of ours with everything that is on the lease. */
  readonly onRenewed: (annotations: Readonly<Record<string, string>>) => void;
  /** Called when another identity holds the lease, with each new one. */
  readonly onHeldBack: (holder: string) => void;
}

/** The metadata of a new object that has them. */
export function annotated(annotations: WrittenAnnotations | undefined): {
  readonly annotations?: Readonly<Record<string, string>>;
} {
  if (annotations === undefined) return {};
  const present = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== null);
  return { annotations: Object.fromEntries(present) };
}
