// Why a question went wrong, from the centre's list.
import { html, t, useLayoutEffect, useRef, useState } from "../kit.js";
import { useUnsent } from "../unsent.js";
import { typedAt } from "./record.js";

const CAUSES = ["procedure", "tool", "training", "knowledge", "workload"];

/** Name the root cause of a question that was not met; those that were named stand beside. */
export function Cause({ question, item, human, desk }) {
  const [cause, setCause] = useState(CAUSES[0]);
  const [text, setText] = useUnsent(typedAt(`cause ${question.id}`), "");
  const first = useRef(null);
  const named = item?.root_causes ?? [];
  const open = desk.naming === question.id;
  useLayoutEffect(() => {
    if (open) first.current?.focus();
  }, [open]);
  if (!named.length && !open && human !== 0 && human !== 0.5) return null;
  const send = async (event) => {
    event.preventDefault();
    const sent = await desk.record({
      kind: "root_cause", item: question.id, cause, text: text.trim() || null,
    });
    if (!sent) return;
    setText("");
    desk.name(null);
  };
  return html`<div class="cause">
    ${named.length > 0 && html`<p class="line"><span class="small">${t.cause}</span>
      ${named.map((one) => html`<span class="chip accent">${t[`cause_${one.cause}`] ?? one.cause}</span>
        ${one.text && html`<span class="small">${one.text}</span>`}`)}</p>`}
    ${open
      ? html`<form class="row" onSubmit=${send} onKeyDown=${(event) => event.key === "Escape" && desk.name(null)}>
          <label class="field">${t.cause}<select ref=${first} value=${cause}
            onInput=${(event) => setCause(event.currentTarget.value)}>
            ${CAUSES.map((one) => html`<option value=${one}>${t[`cause_${one}`]}</option>`)}</select></label>
          <label class="field grows">${t.cause_text}<input maxlength="4000" value=${text}
            onInput=${(event) => setText(event.currentTarget.value)} /></label>
          <button disabled=${desk.busy}>${t.save}</button>
        </form>`
      : html`<button class="quiet" onClick=${() => desk.name(question.id)}>${t.cause_add} <kbd>r</kbd></button>`}
  </div>`;
}
