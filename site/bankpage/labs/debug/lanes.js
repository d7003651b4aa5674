// The lanes of time, drawn as SVG from what Python has put into the attributes of their element:
// the marks, the thread through them, and where the slider stands.

const SVG = "http://www.w3.org/2000/svg";
const LANE_PX = 26; // as high as a lane's name: see debug.css
const EDGE_PX = 10; // so that no mark is cut

/**
 * @typedef {[at: number, shape: string, hue: number, events: number, said: string]} Mark
 * @typedef {{ places: number, lanes: Mark[][] }} Lanes
 * @typedef {[fromLane: number, fromPlace: number, toLane: number, toPlace: number]} Line
 */

/**
 * Draw the lanes, and again whenever they are others or have another width.
 *
 * @param {HTMLElement} picture
 * @param {(gesture: string, fields: Record<string, string>) => void} send
 * @returns {() => void} what ends it
 */
export function drawLanes(picture, send) {
  const svg = picture.querySelector("svg");
  if (!svg) return () => {};
  const layers = ["lines", "thread", "marks", "here"].map((name) => part("g", { class: `debug-${name}` }));
  svg.replaceChildren(...layers);
  const [lines, thread, marks, here] = layers;
  /** @type {Lanes} */
  let lanes = { places: 1, lanes: [] };
  let width = 0;

  const x = (/** @type {number} */ at) =>
    EDGE_PX + ((at + 0.5) / lanes.places) * Math.max(width - 2 * EDGE_PX, 1);
  const y = (/** @type {number} */ lane) => (lane + 0.5) * LANE_PX;

  function drawMarks() {
    lanes = JSON.parse(picture.dataset.lanes ?? '{"places":1,"lanes":[]}');
    const height = lanes.lanes.length * LANE_PX;
    svg?.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg?.setAttribute("height", String(height));
    lines.replaceChildren(
      ...lanes.lanes.map((_, lane) =>
        part("path", { d: `M${EDGE_PX} ${y(lane)}H${width - EDGE_PX}` }),
      ),
    );
    marks.replaceChildren(
      ...lanes.lanes.flatMap((some, lane) =>
        some.map(([at, shape, hue, events, said]) => {
          const looks = `is-hue-${hue}${events > 1 ? " is-several" : ""}`;
          const mark = part("text", { x: x(at), y: y(lane), class: looks });
          const title = part("title", {});
          title.textContent = said;
          mark.append(shape, title);
          return mark;
        }),
      ),
    );
  }

  function drawThread() {
    /** @type {Line[]} */
    const found = JSON.parse(picture.dataset.thread ?? "[]");
    thread.replaceChildren(
      ...found.map(([fromLane, fromPlace, toLane, toPlace]) => {
        const [x1, y1, x2, y2] = [x(fromPlace), y(fromLane), x(toPlace), y(toLane)];
        const middle = (x1 + x2) / 2;
        // Within one lane it bends, so that it is seen beside the lane's own line.
        const bend = fromLane === toLane ? LANE_PX / 2 : 0;
        const d = `M${x1} ${y1}C${middle} ${y1 - bend} ${middle} ${y2 - bend} ${x2} ${y2}`;
        return part("path", { d });
      }),
    );
  }

  function drawHere() {
    const [lane, at, isIn] = (picture.dataset.here ?? "").split(" ");
    here.replaceChildren();
    if (!at) return;
    const looks = isIn ? "" : "is-elsewhere";
    const height = lanes.lanes.length * LANE_PX;
    here.append(part("path", { d: `M${x(Number(at))} 0V${height}`, class: looks }));
    if (Number(lane) < 0 || !isIn) return;
    here.append(part("circle", { cx: x(Number(at)), cy: y(Number(lane)), r: LANE_PX * 0.42 }));
  }

  function drawAll() {
    drawMarks();
    drawThread();
    drawHere();
  }

  const resized = new ResizeObserver(() => {
    if (picture.clientWidth === width) return;
    width = picture.clientWidth;
    drawAll();
  });
  resized.observe(picture);

  const changed = new MutationObserver((changes) => {
    const names = new Set(changes.map(({ attributeName }) => attributeName));
    if (names.has("data-lanes")) return drawAll();
    if (names.has("data-thread")) drawThread();
    if (names.has("data-here")) drawHere();
  });
  changed.observe(picture, { attributeFilter: ["data-lanes", "data-thread", "data-here"] });

  /** @param {MouseEvent} event */
  const pointed = ({ clientX, clientY }) => {
    const box = picture.getBoundingClientRect();
    const share = (clientX - box.left - EDGE_PX) / Math.max(width - 2 * EDGE_PX, 1);
    const row = Math.floor((clientY - box.top) / LANE_PX);
    if (row < 0 || row >= lanes.lanes.length) return;
    send("point-at", { row: String(row), share: String(Math.min(Math.max(share, 0), 1)) });
  };
  picture.addEventListener("click", pointed);

  /** @type {Record<string, string>} */
  const ways = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const to = ways[event.key];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    send("lane-key", { to });
  };
  picture.addEventListener("keydown", pressed);

  return () => {
    resized.disconnect();
    changed.disconnect();
    picture.removeEventListener("click", pointed);
    picture.removeEventListener("keydown", pressed);
  };
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function part(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const name in attributes) element.setAttribute(name, String(attributes[name]));
  return element;
}
