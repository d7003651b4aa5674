// A second Python, which can be thrown away: for code that is not ours.
//
// It runs a program, a text of Python that has a function
//
//     def answer(text: str, tell: Callable[[str], None]) -> str
//
// and is asked by texts, one at a time. It has the page's modules and Python's standard library,
// sqlite3 included, and nothing else: no fetch, no storage, no way to the page but its answers
// (docs/decisions/0015-a-python-to-throw-away.md). What it answers is whatever its program makes of
// it, and trusted no more than a file.

import frame from "./frame.html";
import { material } from "./material.js";

const PATIENCE_MS = 20_000; // for Python to start
const SIGN_OF_LIFE_MS = 3000;
const MOST_TOLD = 1000; // texts on the way to one answer
const LONGEST = 4 << 20; // characters, of an answer and of all that is told on the way to it

/**
 * How asking ended: with an answer; by whoever threw Python away; because the time was up, it said
 * too much, it broke; because the browser has ended it, or it did not start.
 *
 * @typedef {{ answer: string } | { ended: Ended, reason?: string }} Outcome
 * @typedef {"stopped" | "late" | "talkative" | "broken" | "gone" | "missing"} Ended
 */

/**
 * Start a Python that runs a program.
 *
 * @param {string} program
 */
export function startSpare(program) {
  let room = openRoom(program);
  let python = room.python();
  /** @type {((outcome: Outcome) => void) | null} */
  let end = null;

  /**
   * Put a text to Python. It has `deadline` milliseconds from when it is ready; `hear` hears what it
   * tells on the way. However this ends if not with an answer, another Python is started.
   *
   * @param {string} text
   * @param {number} deadline
   * @param {(told: string) => void} [hear]
   * @returns {Promise<Outcome>}
   */
  async function ask(text, deadline, hear = () => {}) {
    /** @type {PromiseWithResolvers<Outcome>} */
    const { promise: stopped, resolve: stop } = Promise.withResolvers();
    end = stop;
    const outcome = await Promise.race([put(python, text, deadline, hear), stopped]);
    if (end === stop) end = null;
    if ("ended" in outcome && outcome.ended !== "stopped") {
      anew(outcome.ended === "gone" || outcome.ended === "missing");
    }
    return outcome;
  }

  /** Throw Python away, whatever it is doing, and start another. */
  function throwAway() {
    end?.({ ended: "stopped" });
    end = null;
    anew(false); // at once: what is asked next is asked of the next
  }

  /** @param {boolean} isRoomLost */
  function anew(isRoomLost) {
    if (isRoomLost || !room.isThere()) {
      room.close();
      room = openRoom(program);
    }
    python = room.python();
  }

  function close() {
    end?.({ ended: "stopped" });
    room.close();
  }

  return { ask, throwAway, close };
}

/**
 * A line to a Python in the frame, once it is ready.
 *
 * @typedef {Promise<MessagePort>} Line
 */

/**
 * @param {Line} python
 * @param {string} text
 * @param {number} deadline
 * @param {(told: string) => void} hear
 * @returns {Promise<Outcome>}
 */
async function put(python, text, deadline, hear) {
  /** @type {MessagePort} */
  let line;
  try {
    line = await python;
  } catch (error) {
    return { ended: "missing", reason: String(error) };
  }
  return new Promise((resolve) => {
    let [count, length] = [0, 0];
    const timer = setTimeout(resolve, deadline, { ended: "late" });
    const life = setTimeout(resolve, SIGN_OF_LIFE_MS, { ended: "gone" });
    line.onmessage = (/** @type {MessageEvent<FromSpare>} */ { data }) => {
      clearTimeout(life);
      if (data.hasBegun) return;
      const said = data.answer ?? data.told ?? "";
      if (++count > MOST_TOLD || (length += said.length) > LONGEST) {
        return resolve({ ended: "talkative" });
      }
      if (data.told !== undefined) return hear(said);
      clearTimeout(timer);
      resolve(data.answer === undefined ? { ended: "broken", reason: data.broken } : { answer: said });
    };
    line.postMessage(text);
  });
}

/**
 * The frame in which a Python runs, and after it another.
 *
 * @param {string} program
 */
function openRoom(program) {
  const element = document.createElement("iframe");
  element.hidden = true;
  element.setAttribute("sandbox", "allow-scripts");
  element.srcdoc = frame;
  const loaded = new Promise((resolve) => element.addEventListener("load", resolve, { once: true }));
  document.body.append(element);
  const { port1: toFrame, port2: port } = new MessageChannel();

  async function furnish() {
    const [{ machine, runtime, parts }] = await Promise.all([material(), loaded]);
    const given = Object.values(parts).filter((part) => part !== undefined);
    /** @satisfies {SpareMaterial} */
    const all = { port, program, machine, runtime, parts };
    element.contentWindow?.postMessage(all, "*", [port, machine, ...given]);
  }

  const furnished = furnish();

  /** @returns {Line} */
  async function python() {
    await furnished;
    const { port1: line, port2: theirs } = new MessageChannel();
    toFrame.postMessage(theirs, [theirs]);
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("Python did not start in time")), PATIENCE_MS);
      line.onmessage = (/** @type {MessageEvent<FromSpare>} */ { data }) =>
        data.isReady ? resolve(line) : reject(new Error(data.broken));
    });
  }

  return {
    python() {
      const line = python();
      line.catch(() => {}); // whoever asks hears of it
      return line;
    },
    isThere: () => element.isConnected,
    close: () => element.remove(),
  };
}
