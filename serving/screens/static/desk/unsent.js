// What an agent has typed and not sent yet, so that looking at another contact loses none of it.
import { useState } from "../kit.js";

const typed = new Map();

/** As useState, of something that is still there when its component is shown again. */
export function useUnsent(name, blank) {
  const [value, setValue] = useState(typed.get(name) ?? blank);
  const change = (next) => setValue((now) => {
    const changed = typeof next === "function" ? next(now) : next;
    typed.set(name, changed);
    return changed;
  });
  return [value, change];
}
