// An eliminatory finding: the machine only proposes; a named person holds or rejects it.
import { given, html, t } from "../kit.js";
import { useUnsent } from "../unsent.js";
import { Quotes } from "./quotes.js";
import { typedAt } from "./record.js";

/** Offer to hold or reject what would bring the score to 0. */
export function Eliminatory({ question, item, desk }) {
  const [text, setText] = useUnsent(typedAt(`eliminatory ${question.id}`), "");
  if (!question.eliminatory) return null;
  const proposed = given.draft?.eliminatory[question.id] ?? null;
  const last = item?.eliminatory_decisions.at(-1) ?? null;
  const needsQuote = !proposed && !desk.chosen;
  const tell = async (kind) => {
    const event = { kind, item: question.id, reason: text.trim() };
    if (kind === "eliminatory_confirmed") event.evidence = desk.chosenQuotes();
    if (await desk.record(event)) {
      setText("");
      desk.dropChosen();
    }
  };
  return html`<details class="eliminatory" open=${proposed !== null && last === null}>
    <summary>${t.eliminatory}${last && html` <span class=${`chip ${last.met ? "bad" : "none"}`}>${
      last.met ? t.eliminatory_held : t.eliminatory_rejected}</span>`}</summary>
    <p class="because">${question.eliminatory}</p>
    ${proposed && html`<p class="notice">${t.eliminatory_proposed}</p>
      <p class="because">${proposed.reason}</p><${Quotes} of=${proposed.evidence} go=${desk.go} />`}
    ${last && html`<p class="small">${last.reason}</p>`}
    <label class="field">${t.eliminatory_why}
      <textarea rows="2" maxlength="4000" value=${text}
        onInput=${(event) => setText(event.currentTarget.value)}></textarea></label>
    ${needsQuote && html`<p class="small">${t.eliminatory_quote}</p>`}
    <div class="row">
      <button class="danger" disabled=${desk.busy || !text.trim() || needsQuote || last?.met === true}
        onClick=${() => tell("eliminatory_confirmed")}>${t.eliminatory_hold}</button>
      <button class="secondary" disabled=${desk.busy || !text.trim() || (last ? !last.met : !proposed)}
        onClick=${() => tell("eliminatory_rejected")}>${t.eliminatory_reject}</button>
    </div>
  </details>`;
}
