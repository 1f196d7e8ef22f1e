/**
 * JSON as it comes off the wire. Objects are carried as the JSON that was read,
 * so that a field this version has never heard of survives every round trip.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
