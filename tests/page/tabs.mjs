// Tabs of a browser, as far as site/edge/storage.js can tell: each has a module of its own and its
// own late view of one localStorage, and all share one lock manager. Driven by lines of JSON.
//
// A request is {id, browser, tab, call, args}; its answer {id, value} or {id, error}. "call" is a
// function of storage.js, or one of TOOLS below, which do what a person with the browser's tools
// does, and steer how late the tabs see one another's writes.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { WebLocks } from "./web_locks.mjs";

const EDGE = new URL("../../site/edge/", import.meta.url);
const MOST_CHARACTERS = 5 * 1024 * 1024;

/**
 * A change of what is stored. No key: everything is cleared; no value: the key is deleted.
 *
 * @typedef {{ key: string | null, oldValue: string | null, newValue: string | null }} Change
 * @typedef {(change: Change) => void} Listener
 */

/** One origin: what is stored, and the tabs that show it. */
class Browser {
  /** @type {Map<string, string>} */
  stored = new Map();
  /** @type {Map<string, Tab>} */
  tabs = new Map();
  locks = new WebLocks();
  room = MOST_CHARACTERS;
  latestMs = 0;

  get size() {
    return [...this.stored].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  }

  /**
   * A change that one tab makes (null: somebody outside), and the others see later.
   *
   * @param {Tab | null} writer
   * @param {string | null} key
   * @param {string | null} newValue
   */
  change(writer, key, newValue) {
    const change = { key, oldValue: key === null ? null : (this.stored.get(key) ?? null), newValue };
    apply(this.stored, change);
    if (writer) apply(writer.view, change);
    for (const tab of this.tabs.values()) if (tab !== writer) tab.willSee(change);
  }
}

/** One tab: its view of the store, and its globals. */
class Tab {
  /** @type {Change[]} */
  #arriving = [];
  /** @type {Listener[]} */
  #listeners = [];
  isWaiting = false;
  /** @type {string | null} */
  unreadable = null;
  /** @type {[kind: string, entries: string][]} */
  told = [];
  /** @type {any} */
  module = null;

  /** @param {Browser} browser */
  constructor(browser) {
    this.browser = browser;
    this.view = new Map(browser.stored);
    this.localStorage = storageOf(this);
  }

  /** @param {Change} change */
  willSee(change) {
    this.#arriving.push(change);
    const see = () => this.isWaiting || this.#see(1);
    if (this.browser.latestMs === 0) see();
    else setTimeout(see, Math.random() * this.browser.latestMs);
  }

  seeAll() {
    this.isWaiting = false;
    this.#see(Infinity);
  }

  async settles() {
    while (this.#arriving.length > 0) await new Promise((resume) => setTimeout(resume));
  }

  /** @param {number} count */
  #see(count) {
    for (const change of this.#arriving.splice(0, count)) {
      apply(this.view, change);
      for (const listener of this.#listeners) listener(change);
    }
  }

  /** Load storage.js, with the globals of this tab. */
  async open() {
    const { locks } = this.browser;
    /** @param {[name: string, work: () => unknown] | [name: string, options: { mode?: string }, work: () => unknown]} asked */
    const request = (...asked) =>
      asked.length === 2
        ? locks.request(this, asked[0], false, asked[1])
        : locks.request(this, asked[0], asked[1].mode === "shared", asked[2]);
    const window = {
      localStorage: this.localStorage,
      addEventListener: (/** @type {string} */ _, /** @type {Listener} */ listener) =>
        this.#listeners.push(listener),
    };
    const navigator = { locks: { request, query: async () => locks.query() }, vendor: "" };
    Object.assign(window, { navigator });
    const context = vm.createContext({
      ...{ window, navigator, console: { warn() {} } },
      ...{ DOMException, performance, queueMicrotask, setTimeout },
    });
    /** @type {Map<string, Promise<vm.SourceTextModule>>} */
    const modules = new Map();
    const loaded = async (/** @type {string} */ address) => {
      const source = await readFile(fileURLToPath(address), "utf8");
      return new vm.SourceTextModule(source, { context, identifier: address });
    };
    const load = (/** @type {string} */ name, from = { identifier: EDGE.href }) => {
      const address = new URL(name, from.identifier).href;
      const known = modules.get(address) ?? loaded(address); // one of each, however many ask
      modules.set(address, known);
      return known;
    };
    const storage = await load("./storage.js");
    await storage.link(load);
    await storage.evaluate();
    this.module = storage.namespace;
    return this;
  }
}

/**
 * localStorage as a tab has it: methods, and keys that can be listed.
 *
 * @param {Tab} tab
 */
function storageOf(tab) {
  const { browser, view } = tab;
  const methods = {
    getItem(/** @type {string} */ key) {
      if ([key, "*"].includes(tab.unreadable ?? "")) throw new DOMException("its file is damaged", "DataError");
      return view.get(key) ?? null;
    },
    setItem(/** @type {string} */ key, /** @type {string} */ value) {
      const before = browser.stored.get(key);
      const more = before === undefined ? key.length + value.length : value.length - before.length;
      if (more > 0 && browser.size + more > browser.room) {
        throw new DOMException("no room", "QuotaExceededError");
      }
      browser.change(tab, key, value);
    },
    removeItem(/** @type {string} */ key) {
      if (view.has(key)) browser.change(tab, key, null);
    },
  };
  return new Proxy(methods, {
    get: (_, name) => (name === "length" ? view.size : Reflect.get(methods, name)),
    ownKeys: () => [...view.keys()],
    getOwnPropertyDescriptor: (_, key) => {
      const value = view.get(String(key));
      return value === undefined ? value : { value, enumerable: true, configurable: true };
    },
  });
}

/**
 * @param {Map<string, string>} map
 * @param {Change} change
 */
function apply(map, { key, newValue }) {
  if (key === null) map.clear();
  else if (newValue === null) map.delete(key);
  else map.set(key, newValue);
}

/**
 * What can be done to a browser, or to one of its tabs, from outside the page.
 *
 * @type {Record<string, (browser: Browser, tab: Tab, ...args: any[]) => unknown>}
 */
const TOOLS = {
  stored: (browser) => [...browser.stored],
  put: (browser, _, key, value) => browser.change(null, key, value),
  /** Hold a lock, as a page of another version may. */
  hold: (browser, _, name) => {
    browser.locks.request(browser, name, true, () => new Promise(() => {}));
  },
  fill: (browser, _, left = 0) => void (browser.room = browser.size + left),
  seesLate: (browser, _, mostMs) => void (browser.latestMs = mostMs),

  /** With the tools of this very tab, which hears nothing of it. */
  putUnheard: (browser, tab, key, value) => browser.change(tab, key, value),
  cannotRead: (_, tab, key) => void (tab.unreadable = key),
  seesNothing: (_, tab) => void (tab.isWaiting = true),
  seesAll: (_, tab) => tab.seeAll(),
  settles: (_, tab) => tab.settles(),
  watch: (_, tab) =>
    tab.module.watch((/** @type {string} */ kind, /** @type {string} */ entries) =>
      tab.told.push([kind, entries]),
    ),
  told: (_, tab) => tab.told.splice(0),
};

/** @type {Map<number, Browser>} */
const browsers = new Map();

/** @param {{ browser: number, tab: string, call: string, args: any[] }} request */
async function answer({ browser: number, tab: name, call, args }) {
  const browser = browsers.get(number) ?? new Browser();
  browsers.set(number, browser);
  const tab = browser.tabs.get(name) ?? new Tab(browser);
  if (call === "open") return void browser.tabs.set(name, await tab.open());
  if (call === "close") return void (browser.tabs.delete(name) && browser.locks.closed(tab));
  const tool = TOOLS[call];
  return tool ? tool(browser, tab, ...args) : tab.module[call](...args);
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const say = (/** @type {object} */ what) =>
    process.stdout.write(`${JSON.stringify({ id: request.id, ...what })}\n`);
  answer(request).then(
    (value) => say({ value }),
    (error) => say({ error: error.stack }),
  );
}
