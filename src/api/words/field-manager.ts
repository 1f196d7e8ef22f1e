/** The name under which all controllers of this process write, in server-side apply and in `managedFields`. */
export const FIELD_MANAGER = 'serin';
