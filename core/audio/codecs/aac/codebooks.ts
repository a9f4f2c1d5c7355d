/** Codebooks that stand for something other than coefficients (ISO/IEC 14496-3, table 4.150). */
export const ZERO = 0;
export const RESERVED = 12;
export const NOISE = 13;
export const INTENSITY_OUT_OF_PHASE = 14;
export const INTENSITY_IN_PHASE = 15;

/** More bands than any window has; bands are numbered `group * MAX_BANDS + band`. */
export const MAX_BANDS = 64;
