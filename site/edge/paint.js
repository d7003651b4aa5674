// Painting: carries out on the document what a render found changed. One call a render.
//
// An operation names an element by id. Text arrives as text and stays text: nothing here,
// or anywhere on the page, turns a string into markup.

/** What Python may ask of the document. */
export const calls = { paint, reveal, clear, focus, refocus, download };

const OPERATIONS = {
  /** Set an attribute; null takes it away. ".name" is a property, "--name" a custom one. */
  set(element, name, value) {
    if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (name === ".modal") setModal(element, value);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  },
  /** Replace everything inside. */
  fill(element, nodes) {
    element.replaceChildren(...nodes.map(build));
  },
  /** Put new children, each before the child that then stands at its place. */
  insert(element, placed) {
    for (const [index, node] of placed) {
      element.insertBefore(build(node), element.children[index] ?? null);
    }
  },
  remove(element) {
    element.remove();
  },
};

function setModal(dialog, isOpen) {
  if (isOpen && !dialog.open) dialog.showModal();
  if (!isOpen && dialog.open) dialog.close();
}

function build(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, children] = node;
  const element = document.createElement(tag);
  for (const name in attributes) OPERATIONS.set(element, name, attributes[name]);
  for (const child of children) element.append(build(child));
  return element;
}

/** Carry out operations, each an [operation, id, ...arguments]. */
function paint(operations) {
  for (const [operation, id, ...rest] of operations) {
    const element = document.getElementById(id);
    if (element) OPERATIONS[operation](element, ...rest);
  }
}

/**
 * Scroll a row of a scrolling list into sight, without moving the page. Of a list that is not
 * there as a whole, the row comes to the middle, where there are rows on both sides of it.
 */
function reveal(rowId) {
  const row = document.getElementById(rowId);
  const box = row?.closest("[data-scrolls]");
  if (!box) return;
  if (row.parentElement.dataset.rowsShown) {
    box.scrollTop = row.offsetTop - (box.clientHeight - row.offsetHeight) / 2;
    return;
  }
  const above = row.offsetTop - box.scrollTop;
  const below = above + row.offsetHeight - box.clientHeight;
  if (above < 0) box.scrollTop += above;
  else if (below > 0) box.scrollTop += below;
}

/** Empty some text fields. */
function clear(ids) {
  for (const id of ids) document.getElementById(id).value = "";
}

function focus(id) {
  document.getElementById(id)?.focus();
}

/** Put the focus on an element, if the element that had it is gone or disabled. */
function refocus(id) {
  const active = document.activeElement;
  if (!active || active === document.body || active.disabled) focus(id);
}

/** Give a text to the reader as a file. */
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Every sentence that Python may say, by name, as the JSON text of an object. */
export function phrases() {
  const found = document.getElementById("phrases").content.querySelectorAll("[data-phrase]");
  return JSON.stringify(
    Object.fromEntries(
      [...found].map((phrase) => [
        phrase.dataset.phrase,
        phrase.textContent.trim().replace(/\s+/g, " "),
      ]),
    ),
  );
}
