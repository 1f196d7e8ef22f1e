/** The present time as the API server writes it: RFC 3339 in UTC with whole seconds. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
