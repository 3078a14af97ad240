// Following a call from a component: only what it shows makes it draw again.
import { fill, percent, t, useEffect, useState } from "../kit.js";

/** A part of a call; the component is drawn again when `pick` gives something else. */
export function useCall(call, pick) {
  const [held, setHeld] = useState(() => pick(call.now));
  useEffect(() => {
    const look = () => {
      const found = pick(call.now);
      setHeld(() => found);
    };
    look();
    return call.subscribe(look);
  }, [call]);
  return held;
}

/** How sure the machine is, in whole per cent. */
export const sureness = (share) => fill(t.sure, { share: percent(Math.round(share * 100) / 100) });

/** Whether somebody moves less: nothing glides then. */
export const isCalm = () => matchMedia("(prefers-reduced-motion:reduce)").matches;
