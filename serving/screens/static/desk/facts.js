// Why the customer calls, what must still be said, and what somebody should know at once.
import { fill, html, lang, quoted, t } from "../kit.js";
import { Mood } from "./mood.js";
import { showTurn } from "./transcript.js";
import { sureness, useCall } from "./using.js";

const labelOf = (one) => (lang === "fr" ? one.label_fr : one.label_en);

/** The contact reason with its confidence, beside the mood. */
export function Facts({ call }) {
  const reason = useCall(call, (now) => now.reason);
  return html`<section class="box facts" aria-label=${t.about_call}>
    <div class="fact" aria-live="polite">
      <h2>${t.reason}</h2>
      ${reason
        ? html`<p><strong>${labelOf(reason) ?? reason.code}</strong></p>
          <div class="sureness"><meter min="0" max="1" value=${reason.confidence ?? 0}
            aria-label=${t.confidence}></meter>
            <span class="small">${sureness(reason.confidence ?? 0)}</span></div>`
        : html`<p class="soft">${t.reason_none}</p>`}
    </div>
    <${Mood} call=${call} />
  </section>`;
}

const MARKS = { said: "✓", partly: "◐", open: "○" };

/** What the scorecard wants to be said, and what of it was. */
export function Checklist({ call }) {
  const checklist = useCall(call, (now) => now.checklist);
  const items = checklist?.items.filter((one) => one.state !== "not_applicable") ?? [];
  if (!items.length) return null;
  const done = items.filter((one) => one.state === "said").length;
  return html`<section class="box" aria-labelledby="checklist-title">
    <div class="row apart"><h2 id="checklist-title">${t.checklist}</h2>
      <span class="small">${fill(t.checklist_count, { n: done, all: items.length })}</span></div>
    <ul class="checklist">${items.map((one) => html`<li key=${one.question} class=${`is-${one.state}`}>
      <span class="mark" aria-hidden="true">${MARKS[one.state]}</span>
      <span>${labelOf(one)}</span>
      <span class="hidden">${t[`check_${one.state}`]}</span>
    </li>`)}</ul>
  </section>`;
}

/** Alerts, newest first; a screen reader hears them at once. */
export function Alerts({ call }) {
  const alerts = useCall(call, (now) => now.alerts);
  return html`<div class="alerts" role="alert">
    ${alerts.map((one) => html`<div class="raised" key=${one.seq}>
      <strong>${labelOf(one)}</strong>${" "}
      ${one.evidence.slice(0, 1).map((proof) => html`
        <span class="words">${quoted(proof.quote)}</span>${" "}
        <button class="quiet" onClick=${() => showTurn(proof.turn_index)}>${t.show}</button>`)}
    </div>`)}
  </div>`;
}
