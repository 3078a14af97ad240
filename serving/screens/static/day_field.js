// A day that is typed or picked. Browsers tell of every digit: it counts once somebody is done.
import { html, say, t, useLayoutEffect, useRef } from "./kit.js";

const FIRST_YEAR = 1970;
const TYPED = /^(\d|Backspace|Delete|ArrowUp|ArrowDown)$/;

/** Whether a text is a day as addresses write it. */
export const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "")
  && !Number.isNaN(Date.parse(text));

/** Whether it is one that somebody may mean: a year whose digits are not all typed is none. */
export const isPlausible = (day) => isDay(day) && Number(day.slice(0, 4)) >= FIRST_YEAR;

/**
 * `change` gets a whole day: what was picked at once, what was typed with Enter or when the field
 * is left; "" where it was emptied, unless it is `required`. Nothing else touches what is typed.
 */
export function DayField({ value, change, required = false, ...more }) {
  const field = useRef(null);
  const isTyped = useRef(false);
  useLayoutEffect(() => {
    field.current.value = value;
  }, [value]);
  const settle = () => {
    isTyped.current = false;
    const [day, isCut] = [field.current.value, field.current.validity.badInput];
    if (day === value && !isCut) return;
    if (isPlausible(day) || (day === "" && !isCut && !required)) {
      change(day);
      return;
    }
    field.current.value = value;
    say(t.bad_day, "bad");
  };
  const pressed = (event) => {
    if (event.key === "Enter") settle();
    else if (TYPED.test(event.key) && !event.altKey) isTyped.current = true;
  };
  return html`<input type="date" ref=${field} ...${more} onKeyDown=${pressed}
    onPointerDown=${() => { isTyped.current = false; }} onBlur=${settle}
    onChange=${() => isTyped.current || settle()} />`;
}
