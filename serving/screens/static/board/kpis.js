// KPIs: each with its value, the one before, its interval; a click shows its formula and source.
import { counted, Dialog, fill, html, number, t, useState } from "../kit.js";
import { Behind } from "./behind.js";
import { count, Part, percent, Scroll, span, useView, Waiting, words } from "./pieces.js";

/** A value in its unit. */
export function valued(value, unit, currency) {
  if (value === null || value === undefined) return "";
  switch (unit) {
    case "share": return percent(value);
    case "seconds": return span(value);
    case "count": return count(value);
    case "score": return `${number(value)} ${t.out_of_100}`;
    case "rate": return `${number(value)} ${t.per_minute}`;
    case "money": return `${number(value)} ${currency}`;
    default: return number(value);
  }
}

const between = (figure, unit, currency) => (figure.low === null ? ""
  : `${valued(figure.low, unit, currency)} – ${valued(figure.high, unit, currency)}`);

/** How a KPI is computed, from what, and the conversations behind it. */
export function Explained({ kpi, currency, close, filters }) {
  const { now, before } = kpi;
  const missing = words({ fr: now.missing_fr, en: now.missing_en });
  const notes = words({ fr: now.notes_fr, en: now.notes_en }) || [];
  return html`<${Dialog} title=${words(kpi.label)} close=${close} wide=${kpi.leads}>
    <dl class="facts">
      <dt>${t.formula}</dt><dd class="formula">${words(kpi.formula)}</dd>
      ${now.value !== null && html`<dt>${t.value}</dt>
        <dd><strong>${valued(now.value, kpi.unit, currency)}</strong> · n = ${count(now.n)}
        ${now.approximate && html` · ${t.approximate}`}</dd>`}
      ${now.low !== null && html`<dt>${t.interval}</dt>
        <dd>${between(now, kpi.unit, currency)} (${now.interval})</dd>`}
      ${before.value !== null && html`<dt>${t.previous}</dt>
        <dd>${valued(before.value, kpi.unit, currency)} · n = ${count(before.n)}${
          before.low !== null && html` · ${between(before, kpi.unit, currency)}`}</dd>`}
      ${now.sources.length > 0 && html`<dt>${t.computed_from}</dt>
        <dd>${now.sources.map((one) => t[`src_${one}`] ?? one).join(", ")}</dd>`}
      ${now.value === null && html`<dt>${t.missing}</dt><dd>${missing}</dd>`}
      <dt>${t.needs}</dt><dd>${words(kpi.needs)}</dd>
      ${notes.length > 0 && html`<dt>${t.notes}</dt><dd>${notes.join(" ; ")}</dd>`}
    </dl>
    ${kpi.leads && html`<${Behind} figure=${`kpi:${kpi.kpi}`} filters=${filters} />`}
  <//>`;
}

function Kpi({ kpi, currency, explain }) {
  const { now, before } = kpi;
  const name = words(kpi.label);
  return html`<li class="kpi">
    <button class="figure" aria-label=${fill(t.explain, { what: name })} onClick=${explain}>
      ${valued(now.value, kpi.unit, currency)}${now.approximate && html`<span class="approx"
        title=${t.approximate}> ≈</span>`}<span class="ask" aria-hidden="true">?</span></button>
    <span class="what">${name}</span>
    <span class="small">${[between(now, kpi.unit, currency), `n = ${count(now.n)}`]
      .filter(Boolean).join(" · ")}</span>
    ${before.value !== null && html`<span class="small">${t.previous_short}${t.colon}${
      valued(before.value, kpi.unit, currency)}</span>`}
  </li>`;
}

function Table({ section, currency, explain }) {
  return html`<table class="table" data-table=${`kpis-${section.section}`}>
    <thead><tr><th scope="col">${words(section.label)}</th>
      <th scope="col" class="number">${t.value}</th><th scope="col">${t.interval}</th>
      <th scope="col" class="number">n</th><th scope="col" class="number">${t.previous}</th>
      <th scope="col">${t.formula}</th></tr></thead>
    <tbody>${section.kpis.map((kpi) => html`<tr key=${kpi.kpi}>
      <th scope="row"><button class="quiet left" onClick=${() => explain(kpi)}>${
        words(kpi.label)}</button></th>
      <td class="number">${kpi.now.value === null ? "–" : valued(kpi.now.value, kpi.unit, currency)}</td>
      <td>${between(kpi.now, kpi.unit, currency)}</td>
      <td class="number">${count(kpi.now.n)}</td>
      <td class="number">${valued(kpi.before.value, kpi.unit, currency)}</td>
      <td class="small">${words(kpi.formula)}</td></tr>`)}</tbody></table>`;
}

export function Kpis({ asked, filters }) {
  const [view, setView] = useView();
  const [explained, setExplained] = useState(null);
  const found = asked.value;
  const missing = found?.sections.flatMap((section) =>
    section.kpis.filter((kpi) => kpi.now.value === null)) ?? [];
  return html`<${Part} id="kpis" table="kpis" filters=${filters} view=${view} setView=${setView}>
    <${Waiting} asked=${asked} />
    ${found?.pending > 0 && html`<p class="notice" role="status">${
      counted("pending", found.pending)}</p>`}
    ${found && view === "chart" && found.sections.map((section) => {
      const known = section.kpis.filter((kpi) => kpi.now.value !== null);
      return known.length > 0 && html`<div class="kpi-section" key=${section.section}>
        <h3>${words(section.label)}</h3>
        <ul class="kpi-grid">${known.map((kpi) => html`<${Kpi} key=${kpi.kpi} kpi=${kpi}
          currency=${found.currency} explain=${() => setExplained(kpi)} />`)}</ul></div>`;
    })}
    ${found && view === "table" && html`<${Scroll} what=${t.kpis}>${found.sections.map((section) =>
      html`<${Table} key=${section.section} section=${section} currency=${found.currency}
        explain=${setExplained} />`)}<//>`}
    ${view === "chart" && missing.length > 0 && html`<details class="missing">
      <summary>${counted("n_not_measurable", missing.length)}</summary>
      <ul>${missing.map((kpi) => html`<li key=${kpi.kpi}>
        <button class="quiet left" onClick=${() => setExplained(kpi)}>${words(kpi.label)}</button>
        <span class="small">${words({ fr: kpi.now.missing_fr, en: kpi.now.missing_en })
          || words(kpi.needs)}</span></li>`)}</ul></details>`}
    ${["channel", "queue", "reason"].some((name) => filters[name])
      && html`<p class="small">${t.kpis_narrowed}</p>`}
    ${found?.left_out > 0 && html`<p class="small">${
      counted("left_out", found.left_out)}</p>`}
    ${explained && html`<${Explained} kpi=${explained} currency=${found.currency}
      filters=${filters} close=${() => setExplained(null)} />`}
  <//>`;
}
