/** Time zones as facts; what they do is in the folder `time`. */

/** A zone with a fixed offset in seconds east of UTC, or, with `null`, one of the IANA database by its name. */
export interface Zone {
  readonly name: string;
  readonly offset: number | null;
}

export const UTC: Zone = { name: 'UTC', offset: 0 };
