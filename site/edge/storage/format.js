// In which form the ledger is kept: "esbank/format" tells versions of the page apart.

import { FORMAT, NUMBER } from "./keys.js";
import { makingRoom, store, valueOf } from "./store.js";

export const OWN_FORMAT = 2;

/** From now on there is something that an earlier version of the page does not know. */
export function beginFormat() {
  if (valueOf(FORMAT) !== String(OWN_FORMAT)) {
    makingRoom(() => store.setItem(FORMAT, String(OWN_FORMAT)));
  }
}

export function saysLaterFormat() {
  const said = valueOf(FORMAT) ?? "";
  return NUMBER.test(said) && Number(said) > OWN_FORMAT;
}
