/** A prefix as a pattern. Some proxies look for a pattern anywhere in the value, others want it to match all of it: this one suits both. */
export function patternOf(prefix: string): string {
  return `^${prefix.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}.*`;
}
