/** The event that says whose remarks were erased, and the stream that it is in. */
export const RECORD_TYPE = 'RemarksErased.v1';
export const RECORD_STREAM = 'erasures';
