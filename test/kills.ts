/**
 * Times that each piece of work is killed, at moments that differ. `ASSENT_KILLS=50 npm test` kills
 * as often as the README says it was, and takes minutes longer.
 */
export const KILLS = Number(process.env["ASSENT_KILLS"] ?? 12);

/** Of work with videos, which takes seconds where that with photos takes none. */
export const VIDEO_KILLS = Number(process.env["ASSENT_KILLS"] ?? 3);
