/** Of PyScript, what the page uses. */
export const hooks: {
  main: { onWorker: Set<(wrap: unknown, worker: Worker) => void> };
};
