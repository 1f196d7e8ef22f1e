/**
 * What is found out about an object in a cache is found out once: the object is frozen, and stays the same while it is not
 * changed.
 */

/** `compute`, which depends on nothing but the object, once for each object that is frozen. */
export function onceFor<Subject extends object, Result>(
  compute: (subject: Subject) => Result,
): (subject: Subject) => Result {
  const known = new WeakMap<Subject, { readonly result: Result }>();
  return (subject) => {
    const found = known.get(subject);
    if (found !== undefined) return found.result;
    const result = compute(subject);
    if (Object.isFrozen(subject)) known.set(subject, { result });
    return result;
  };
}
