/**
 * Regular expressions of users, matched by RE2: in time that grows with the text only, and with the syntax of Go
 * (spec G-39).
 */
import { RE2JS } from 're2js';

export interface Pattern {
  /** Whether it matches anywhere in the text. */
  readonly matches: (text: string) => boolean;
}

/** A compiled pattern, or what is wrong with it. */
export function compilePattern(text: string): Pattern | { readonly problem: string } {
  try {
    const compiled = RE2JS.compile(text);
    return { matches: (subject) => compiled.matcher(subject).find() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
