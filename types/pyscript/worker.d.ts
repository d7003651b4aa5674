/** PyScript's worker: it only runs. */
export {};
