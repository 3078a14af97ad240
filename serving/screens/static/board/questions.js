// Quality by question: the machine's drafts and what people confirmed, never mixed.
import { counted, fill, html, t, two, useState } from "../kit.js";
import { BehindDialog } from "./behind.js";
import { count, Interval, Part, percent, Scroll, useShort, Waiting, words } from "./pieces.js";

const GATES = { auto: "good", assist: "warn", off: "bad", unmeasured: "" };

function Rate({ rate, hollow, lead }) {
  if (rate.value === null) return html`<span class="small">${hollow ? "–" : t.nobody_confirmed}</span>`;
  const range = rate.low === null ? "" : ` [${percent(rate.low)} – ${percent(rate.high)}]`;
  return html`<div class="rate"><${Interval} value=${rate.value} low=${rate.low} high=${rate.high}
      hollow=${hollow} />
    <span><strong>${percent(rate.value)}</strong><span class="small">${range} · n = ${
      lead ?? count(rate.n)}</span></span></div>`;
}

function Card({ card, filters }) {
  const [shown, button] = useShort(card.questions, 12);
  const [behind, setBehind] = useState(null);
  return html`<div class="block">
    <h3>${words(card.label)} <span class="small">${card.scorecard} ${card.version} · ${
      counted("evaluated_n", card.evaluated)}, ${counted("reviewed_n", card.reviewed)}</span></h3>
    <${Scroll} what=${words(card.label)}>
    <table class="table questions" data-table="questions">
      <thead><tr><th scope="col">${t.question}</th><th scope="col">${t.draft}</th>
        <th scope="col">${t.confirmed}</th><th scope="col">${t.gate}</th></tr></thead>
      <tbody>${shown.map((one) => html`<tr key=${one.item}>
        <th scope="row">${words(one.label)} <span class="small">${words(one.section)}</span></th>
        <td><${Rate} rate=${one.draft} hollow lead=${one.draft.n > 0 && html`<button
          class="quiet inline" aria-label=${fill(t.failing, { what: words(one.label) })}
          onClick=${() => setBehind(one)}>${count(one.draft.n)}</button>`} /></td>
        <td><${Rate} rate=${one.confirmed} /></td>
        <td><span class=${`chip ${GATES[one.gate]}`}>${t[`gate_${one.gate}`]}</span>
          ${one.agreement && html`<div class="small" title=${words(one.agreement.reason)}>${
            fill(t.kappa, { kappa: two(one.agreement.kappa), low: two(one.agreement.low),
              high: two(one.agreement.high), n: count(one.agreement.n) })}</div>`}</td>
      </tr>`)}</tbody>
    </table><//>${button}
    ${behind && html`<${BehindDialog} what=${fill(t.failing, { what: words(behind.label) })}
      figure=${`question:${card.scorecard}:${behind.item}:0`} filters=${filters}
      close=${() => setBehind(null)} />`}
  </div>`;
}

export function Questions({ asked, filters }) {
  const cards = asked.value?.cards ?? [];
  return html`<${Part} id="questions" table="questions" filters=${filters} note=${t.draft_note}>
    <${Waiting} asked=${asked} />
    ${asked.value && !cards.length && html`<p class="nothing">${t.questions_empty}</p>`}
    ${cards.map((card) => html`<${Card} key=${card.scorecard} card=${card} filters=${filters} />`)}
  <//>`;
}
