// The conversation beside a review: quotes lead to their place in it, words of it can be quoted.
import { given, html, useMemo, useState } from "../kit.js";
import { Listening, Masking, soundOf } from "../transcript/listening.js";

/** Where the reader looks: {jump(quote), at, marks, sound}. */
export function useBeside(kind = "evidence") {
  const sound = useMemo(() => soundOf(given.heard), []);
  const [at, setAt] = useState(null);
  const jump = (quote) =>
    setAt({ passage: quote, play: true, end_s: quote.end_s ?? undefined });
  const marks = useMemo(() => (at ? [{ ...at.passage, key: 0, kind, now: true }] : []), [at]);
  return { sound, at, jump, marks };
}

/** Player and transcript; `choose` is told the words that somebody chose. */
export const Beside = ({ of, choose = null }) => html`<div class="beside">
  <${Masking} heard=${given.heard} />
  <${Listening} heard=${given.heard} sound=${of.sound} marks=${of.marks} goTo=${of.at}
    choose=${choose} markChosen=${of.jump} />
</div>`;
