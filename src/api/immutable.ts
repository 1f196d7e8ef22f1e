/**
 * Deep read-only view of a parsed value. It decides nothing at run time: objects come out of shared
 * caches, and this type is what keeps anybody from writing into them.
 */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Element)[]
      ? readonly Immutable<Element>[]
      : { readonly [Key in keyof T]: Immutable<T[Key]> };
