// Quotes of the conversation that lead to their place.
import { fill, html, length, t } from "../kit.js";

/** Quotes that lead to their place. */
export const Quotes = ({ of, go }) => of?.length > 0 && html`<ul class="quotes">${of.map((one) => html`<li>
  <button class="at" onClick=${() => go(one)} aria-label=${
    one.start_s === null ? t.see : fill(t.hear, { at: length(one.start_s) })}>${
    one.start_s === null ? `#${one.turn_index + 1}` : length(one.start_s)}</button>
  <q>${one.quote}</q></li>`)}</ul>`;
