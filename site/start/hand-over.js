// What the page does for Python's worker before there is any Python in it.

/**
 * Hand over what Python is made of: the machine as soon as it is there, a line to a loader when
 * it is asked for.
 *
 * @param {Worker} worker
 * @param {Supply} supply
 */
export async function handOver(worker, supply) {
  // PyScript will put one in its place that waits until it has said all that it wants to say.
  const tell = worker.postMessage.bind(worker);
  worker.addEventListener("message", (/** @type {MessageEvent<FromPython>} */ { data }) => {
    if (typeof data !== "object" || data?.wants !== "loader") return;
    const port = supply.line();
    tell(/** @satisfies {ToRuntime} */ ({ to: "runtime", port }), [port]);
  });
  const machine = await supply.machine();
  tell(/** @satisfies {ToRuntime} */ ({ to: "runtime", machine }));
}
