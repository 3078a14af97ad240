// Remarks: on a passage that was chosen in the transcript, on a question, or on the whole contact.
import { catchFocus, given, html, moment, t, useLayoutEffect, useRef } from "../kit.js";
import { useUnsent } from "../unsent.js";
import { Quotes } from "./quotes.js";
import { typedAt } from "./record.js";

/** What can be done with the words that are chosen in the transcript. */
export function Passage({ chosen, writing, write, desk }) {
  const [text, setText] = useUnsent(typedAt("comment"), "");
  const field = useRef(null);
  useLayoutEffect(() => {
    if (writing) field.current?.focus();
  }, [writing]);
  if (!chosen && !writing) return null;
  const send = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    const said = { kind: "commented", text: text.trim(), evidence: desk.chosenQuotes() };
    if (!(await desk.record(said))) return;
    setText("");
    write(false);
    desk.dropChosen();
  };
  return html`<section class="passage" aria-label=${t.comment_passage}>
    ${chosen && html`<p class="line"><q>${chosen.quote}</q>
      <button class="quiet" onClick=${desk.dropChosen}>${t.quote_drop}</button></p>`}
    ${writing
      ? html`<form onSubmit=${send}>
          <label class="field">${t.comment_text}<textarea ref=${field} rows="2" maxlength="4000" value=${text}
            onInput=${(event) => setText(event.currentTarget.value)}
            onKeyDown=${(event) => {
              if (event.key === "Enter" && !event.shiftKey) send(event);
              if (event.key === "Escape") write(false);
            }}></textarea></label>
          <div class="row"><button disabled=${desk.busy || !text.trim()}>${t.comment}</button>
            <button type="button" class="quiet" onClick=${() => write(false)}>${t.cancel}</button></div>
        </form>`
      : html`<button class="secondary" onClick=${() => write(true)}>${t.comment_passage} <kbd>m</kbd></button>`}
  </section>`;
}

/** All remarks, and a note on the whole contact. */
export function Remarks({ review, desk }) {
  const [text, setText] = useUnsent(typedAt("note"), "");
  const field = useRef(null);
  const comments = review?.state.comments ?? [];
  const send = async () => {
    if (!(await desk.record({ kind: "commented", text: text.trim() }))) return;
    setText("");
    catchFocus(field.current);
  };
  return html`<section class="remarks"><h3>${t.comments}</h3>
    ${comments.length > 0 && html`<ul>${comments.map((one) => html`<li key=${one.event}>
      <p class="words">${one.text}</p>
      <${Quotes} of=${one.evidence.map((quote) => ({ ...quote, quote: desk.quoteOf(quote) }))} go=${desk.go} />
      <p class="small">${one.author === given.me ? t.me : one.author}, ${moment(one.at)}</p></li>`)}</ul>`}
    <label class="field">${t.note}<textarea ref=${field} rows="2" maxlength="4000" value=${text}
      placeholder=${t.note_hint} onInput=${(event) => setText(event.currentTarget.value)}></textarea></label>
    <button class="secondary" disabled=${desk.busy || !text.trim()} onClick=${send}>${t.note_add}</button>
  </section>`;
}
