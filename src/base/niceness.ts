/**
 * What looks at photos and decodes videos goes after what answers requests, by all of the kernel's 19
 * steps: with 5 the thread that answers still waited up to 35 ms for a core when both were busy. By
 * how much others of the machine go before is a matter of the service's own group or container.
 */
export const NICENESS = 19;
