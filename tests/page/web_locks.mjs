// Web Locks, as far as storage.js uses them: exclusive and shared, in the order of asking.

/**
 * @typedef {{ name: string }} Held
 * @typedef {object} Asked
 * @property {object} owner
 * @property {boolean} isShared
 * @property {boolean} isHeld
 * @property {(lock: Held) => unknown} work
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 */

export class WebLocks {
  /** @type {Map<string, Asked[]>} */
  #queues = new Map();

  /**
   * Hold a lock while some work goes on.
   *
   * @param {object} owner
   * @param {string} name
   * @param {boolean} isShared
   * @param {(lock: Held) => unknown} work
   */
  request(owner, name, isShared, work) {
    return new Promise((resolve, reject) => {
      this.#queue(name).push({ owner, isShared, isHeld: false, work, resolve, reject });
      this.#grant(name);
    });
  }

  /** Which locks are held, and which are waited for. */
  query() {
    const named = (/** @type {boolean} */ isHeld) =>
      [...this.#queues].flatMap(([name, queue]) =>
        queue
          .filter((asked) => asked.isHeld === isHeld)
          .map(({ owner }) => ({ name, clientId: this.#clientOf(owner) })),
      );
    return { held: named(true), pending: named(false) };
  }

  /**
   * What a closed tab held or waited for is let go.
   *
   * @param {object} owner
   */
  closed(owner) {
    for (const [name, queue] of this.#queues) {
      for (const asked of queue.filter((one) => one.owner === owner)) this.#release(name, asked);
    }
  }

  /** @type {object[]} */
  #clients = [];

  /** @param {object} owner */
  #clientOf(owner) {
    if (!this.#clients.includes(owner)) this.#clients.push(owner);
    return `client-${this.#clients.indexOf(owner)}`;
  }

  /** @param {string} name */
  #queue(name) {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }

  /** @param {string} name */
  #grant(name) {
    const queue = this.#queue(name);
    for (const [index, asked] of queue.entries()) {
      const mayEnter = queue.slice(0, index).every((other) => other.isShared && asked.isShared);
      if (!mayEnter) return;
      if (asked.isHeld) continue;
      asked.isHeld = true;
      setImmediate(async () => {
        try {
          asked.resolve(await asked.work({ name }));
        } catch (error) {
          asked.reject(error);
        }
        this.#release(name, asked);
      });
    }
  }

  /**
   * @param {string} name
   * @param {Asked} asked
   */
  #release(name, asked) {
    const queue = this.#queue(name);
    if (queue.includes(asked)) queue.splice(queue.indexOf(asked), 1);
    this.#grant(name);
  }
}
