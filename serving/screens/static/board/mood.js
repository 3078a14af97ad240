// How customers felt, reason by reason: from their words only.
import { counted, fill, html, t, two } from "../kit.js";
import { inbox } from "./address.js";
import {
  count, Interval, Lead, mark, nameOf, Part, percent, Scroll, useShort, useView, Waiting,
} from "./pieces.js";

const KINDS = ["negative", "neutral", "positive"];

function Stack({ one }) {
  let x = 0;
  return html`<svg class="stack" viewBox="0 0 100 14" preserveAspectRatio="none" role="img"
    aria-label=${KINDS.map((kind) => `${t[kind]}${t.colon} ${count(one[kind])}`).join(", ")}>
    ${KINDS.map((kind) => {
      const width = (100 * one[kind]) / one.n;
      const from = x;
      x += width;
      return html`<rect key=${kind} class=${kind} x=${from} width=${width} height="14" />`;
    })}
  </svg>`;
}

export function Mood({ asked, filters, period }) {
  const [view, setView] = useView();
  const found = asked.value;
  const [shown, button] = useShort(found?.reasons ?? [], 10);
  const lead = (one, kind) => (one.key === null || !one[kind] ? count(one[kind])
    : html`<${Lead} what=${`${nameOf(one, "reason")}, ${t[kind]}`}
        href=${inbox(filters, period, period.time_zone, { reason: one.key, sentiment: kind })}>${
        count(one[kind])}<//>`);
  return html`<${Part} id="mood" table="mood" filters=${filters} view=${view} setView=${setView}
      note=${fill(t.mood_note, { mark: two(found?.mark ?? 0.2) })}>
    <${Waiting} asked=${asked} />
    ${found && !found.reasons.length && html`<p class="nothing">${t.mood_empty}</p>`}
    ${found && found.reasons.length > 0 && view === "chart" && html`
      <ul class="legend" aria-hidden="true">${KINDS.map((kind) =>
        html`<li key=${kind}><span class=${`key ${kind}`}></span>${t[kind]}</li>`)}</ul>
      <table class="table moods" data-table="mood">
        <thead><tr><th scope="col">${t.reason}</th><th scope="col" class="number">n</th>
          <th scope="col"><span class="hidden">${KINDS.map((kind) => t[kind]).join(", ")}</span></th>
          <th scope="col" class="number">${t.negative}</th>
          <th scope="col">${t.mean}</th></tr></thead>
        <tbody>${shown.map((one) => html`<tr key=${one.key ?? ""} class=${one.few ? "few" : ""}>
          <th scope="row">${nameOf(one, "reason")}
            ${one.few && html` <span class="small">${t.few}</span>`}</th>
          <td class="number">${count(one.n)}</td>
          <td class="wide-stack"><${Stack} one=${one} /></td>
          <td class="number">${lead(one, "negative")} <span class="small">${
            percent(one.negative / one.n)}</span></td>
          <td class="mean"><${Interval} value=${one.mean} low=${one.low} high=${one.high}
            least=${-1} most=${1} /><span class="number"
            title=${one.low === null ? "" : `${t.interval}${t.colon} ${mark(one.low)} – ${mark(one.high)}`}>${
            mark(one.mean)}</span></td></tr>`)}</tbody>
      </table>${button}`}
    ${found && found.reasons.length > 0 && view === "table" && html`<${Scroll} what=${t.mood}>
      <table class="table" data-table="mood-figures">
      <thead><tr><th scope="col">${t.reason}</th><th scope="col" class="number">n</th>
        ${KINDS.map((kind) => html`<th scope="col" class="number" key=${kind}>${t[kind]}</th>`)}
        <th scope="col" class="number">${t.mean}</th><th scope="col">${t.interval}</th>
        <th scope="col" class="number">${t.mean_before}</th></tr></thead>
      <tbody>${found.reasons.map((one) => html`<tr key=${one.key ?? ""}>
        <th scope="row">${nameOf(one, "reason")}</th><td class="number">${count(one.n)}</td>
        ${KINDS.map((kind) => html`<td class="number" key=${kind}>${lead(one, kind)}</td>`)}
        <td class="number">${mark(one.mean)}</td>
        <td>${one.low === null ? "" : `${mark(one.low)} – ${mark(one.high)}`}</td>
        <td class="number">${one.previous_mean === null ? "" : mark(one.previous_mean)}</td></tr>`)}
      </tbody></table><//>`}
    ${found?.unknown > 0 && html`<p class="small">${
      counted("mood_unknown", found.unknown)}</p>`}
  <//>`;
}
