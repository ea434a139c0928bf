/** The highest limits that a submission may state here; a `Limits`. */
export const LIMIT_CAPS = Symbol('LIMIT_CAPS');
