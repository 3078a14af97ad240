// What somebody has typed and not sent yet: it outlives looking elsewhere and a reload, in this tab
// and for this person alone. It goes once it is sent; signing out clears it with the storage.
import { given, useState } from "./kit.js";

const OWN = `entendu.unsent.${given.person}.`;
const held = new Map();
try {
  for (const place of Object.keys(sessionStorage))
    if (place.startsWith(OWN))
      held.set(place.slice(OWN.length), JSON.parse(sessionStorage.getItem(place)));
} catch {
  // a browser that forbids storage: what is typed lives as long as the page
}

export const unsent = {
  find: (name) => held.get(name),
  keep(name, value) {
    held.set(name, value);
    try {
      sessionStorage.setItem(OWN + name, JSON.stringify(value));
    } catch {
      // as above
    }
  },
  drop(name) {
    held.delete(name);
    try {
      sessionStorage.removeItem(OWN + name);
    } catch {
      // as above
    }
  },
  /** Whether anything whose name begins so is still unsent. */
  any: (start) => [...held.keys()].some((name) => name.startsWith(start)),
};

/** As useState, of something that is still there when its component, or the page, is shown again. */
export function useUnsent(name, blank) {
  const [value, setValue] = useState(unsent.find(name) ?? blank);
  const change = (next) => setValue((now) => {
    const changed = typeof next === "function" ? next(now) : next;
    if (JSON.stringify(changed) === JSON.stringify(blank)) unsent.drop(name);
    else unsent.keep(name, changed);
    return changed;
  });
  return [value, change];
}
