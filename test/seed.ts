import fc from "fast-check";

/**
 * Loaded before every test file by `npm test`: property tests draw the same examples each time, so
 * that a failure is there for everybody. `ASSENT_TEST_SEED=7` draws others; single files run by
 * `node --test` draw at random.
 */
fc.configureGlobal({ seed: Number(process.env["ASSENT_TEST_SEED"] ?? 20_261_123) });
