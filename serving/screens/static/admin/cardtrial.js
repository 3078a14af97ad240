// A card that is not published, tried on past conversations: scores before and after, and why.
import { Problem, ask, fill, html, lang, number, root, t, useState } from "../kit.js";

const MOST = 10;
const STEP = 20;
const STEPS = [0, 20, 40, 60, 80];

const answerOf = (item) => (item.status === "scored" ? `a_${item.value}`
  : item.status === "not_applicable" ? "a_na" : "a_unknown");
const mean = (scores) => (scores.length ? scores.reduce((sum, one) => sum + one, 0) / scores.length : null);
const known = (scores) => scores.filter((one) => one !== null && one !== undefined);
const rounded = (score) => (score === null || score === undefined ? t.not_scored : number(score));

function Spread({ rows }) {
  const count = (name, from) => rows.filter((one) => one[name] !== null
    && one[name] >= from && (one[name] < from + STEP || from + STEP >= 100)).length;
  return html`<figure class="spread"><figcaption>${t.spread}</figcaption>
    ${STEPS.map((from) => {
      const [before, after] = [count("before", from), count("after", from)];
      return html`<div class="bin" role="img" key=${from}
          aria-label=${fill(t.spread_row, { from, to: from + STEP, before, after })}>
        <span class="small">${from}–${from + STEP}</span>
        <meter class="was" min="0" max=${rows.length} value=${before}></meter>
        <meter class="now" min="0" max=${rows.length} value=${after}></meter>
        <span class="small number">${before} → ${after}</span></div>`;
    })}</figure>`;
}

function Details({ row }) {
  const before = Object.fromEntries((row.old?.items ?? []).map((one) => [one.id, one]));
  return html`<div class="scroll"><table class="table small-table"><caption class="hidden">${t.by_question}</caption>
    <thead><tr><th scope="col">${t.by_question}</th><th scope="col">${t.score_before}</th>
      <th scope="col">${t.score_after}</th><th scope="col">${t.said_as_proof}</th></tr></thead>
    <tbody>${row.new.items.map((one) => {
      const [was, is] = [before[one.id] ? answerOf(before[one.id]) : null, answerOf(one)];
      return html`<tr key=${one.id} class=${was && was !== is ? "differs" : ""}>
        <td>${lang === "fr" ? one.label_fr : one.label_en}</td>
        <td>${was ? t[was] : "–"}</td><td>${t[is]}</td>
        <td class="words">${one.evidence[0]?.quote ?? (lang === "fr" ? one.reason_fr : one.reason_en)}</td></tr>`;
    })}</tbody></table></div>`;
}

function Row({ row }) {
  const [open, setOpen] = useState(false);
  const gap = row.before === null || row.after === null ? null : row.after - row.before;
  return html`<tr>
      <td>${row.new ? html`<button class="link" aria-expanded=${open ? "true" : "false"}
        onClick=${() => setOpen(!open)}>${row.name}</button>` : row.name}
        ${row.problem && html`<p class="small" lang="en">${row.problem}</p>`}</td>
      <td class="number">${rounded(row.before)}</td><td class="number">${rounded(row.after)}</td>
      <td class="number">${gap === null ? "" : html`<span class=${gap > 0 ? "more-of" : gap < 0 ? "less-of" : ""}>
        ${gap > 0 ? "+" : ""}${number(gap)}</span>`}</td>
      <td><a href=${`${root}/conversations/${row.id}`} target="_blank" rel="noopener"
        aria-label=${fill(t.open_named, { name: row.name })}>${t.open_it}</a></td></tr>
    ${open && html`<tr><td colspan="5"><${Details} row=${row} /></td></tr>`}`;
}

/** `text` returns the card as it is now; `base` is the version it was opened from, or null. */
export function CardTrial({ text, base }) {
  const [rows, setRows] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await ask(`/v1/conversations?status=done&limit=${MOST}`);
      const ids = data.map((one) => one.id);
      if (!ids.length) setRows([]);
      else {
        const preview = (card) => ask("/v1/scorecards/preview", {
          method: "POST", body: { ...card, conversation_ids: ids } });
        const tried = await preview({ scorecard: text() });
        const were = base ? await preview({ name: base.name, version: base.version }) : null;
        setRows(tried.data.map((one, n) => ({
          id: one.conversation_id, name: data[n].name, problem: one.problem, new: one.evaluation,
          old: were?.data[n].evaluation ?? null,
          before: (were ? were.data[n].evaluation?.score_100 : one.previous_score_100) ?? null,
          after: one.evaluation?.score_100 ?? null,
        })));
      }
    } catch (refused) {
      setProblem(refused);
    }
    setBusy(false);
  };
  const [before, after] = rows ? [mean(known(rows.map((one) => one.before))),
    mean(known(rows.map((one) => one.after)))] : [];
  return html`<section class="box" id="trial" aria-label=${t.try_card}>
    <div class="row apart"><h2>${t.try_card}</h2>
      <button class="secondary" disabled=${busy} aria-busy=${busy ? "true" : undefined}
        onClick=${run}>${t.try_go}</button></div>
    <p class="small">${fill(t.try_hint, { n: MOST })}</p>
    <${Problem} of=${problem} />
    <div aria-live="polite">
    ${rows?.length === 0 && html`<p class="nothing">${t.try_none}</p>`}
    ${rows?.length > 0 && html`<p><strong>${t.average}</strong> ${rounded(before)} → ${rounded(after)}</p>
      <${Spread} rows=${rows} />
      <div class="scroll"><table class="table">
        <thead><tr><th scope="col">${t.conversation}</th><th scope="col" class="number">${t.score_before}</th>
          <th scope="col" class="number">${t.score_after}</th><th scope="col" class="number">${t.difference}</th>
          <th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
        <tbody>${rows.map((row) => html`<${Row} key=${row.id} row=${row} />`)}</tbody></table></div>`}</div>
  </section>`;
}

