// The agreement record: how far each question of a card is trusted, and what stands behind it.
import {
  Dialog, Problem, ask, counted, fill, given, html, lang, moment, mount, number, root, say, t,
  two, useAsked, useState,
} from "../kit.js";
import { Answer, both } from "../settle/parts.js";

const FEW = 3; // changes that may stand before the questions
const GATES = { auto: "good", assist: "warn", off: "bad", none: "" };
const query = (more = {}) => new URLSearchParams({ scorecard: given.card.name, ...more });

/** A kappa on its scale with its interval: a dot on a line, and the words beside it. */
function Scale({ of, label }) {
  if (of.value === null) return html`<span class="small">–</span>`;
  const x = (value) => 4 + 112 * (Math.max(-0.2, Math.min(1, value)) + 0.2) / 1.2;
  return html`<span class="kappa"><b>${two(of.value)}</b>
    <svg viewBox="0 0 120 16" aria-hidden="true">
      <rect class="floor" x=${x(given.rule.auto_kappa)} y="2" width=${x(1) - x(given.rule.auto_kappa)} height="12" />
      <line class="axis" x1="4" x2="116" y1="8" y2="8" />
      <line class="range" x1=${x(of.low)} x2=${x(of.high)} y1="8" y2="8" />
      <circle cx=${x(of.value)} cy="8" r="4" /></svg>
    <span class="small">${fill(t.between, { low: two(of.low), high: two(of.high) })}</span>
    <span class="hidden">${label}</span></span>`;
}

function Gate({ of }) {
  return html`<span class=${`chip ${GATES[of ?? "none"]}`}>${t[`gate_${of ?? "none"}`]}</span>`;
}

function Behind({ item, label, close }) {
  const { value, problem, again } = useAsked(`/v1/evaluations/agreement/contacts?${query({ item })}`);
  const rows = value?.data ?? [];
  return html`<${Dialog} title=${label} close=${close} wide>
    <p class="small">${t.behind_hint}</p>
    <${Problem} of=${problem} again=${again} />
    ${!value ? html`<p class="nothing">${t.loading}</p>`
      : rows.length === 0 ? html`<p class="nothing">${t.behind_none}</p>`
      : html`<div class="scroll"><table class="table"><thead><tr>
          <th scope="col">${t.when}</th><th scope="col">${t.source}</th><th scope="col">${t.machine}</th>
          <th scope="col">${t.people}</th><th scope="col">${t.agreed_answer}</th>
          <th scope="col"><span class="hidden">${t.conversation}</span></th></tr></thead>
        <tbody>${rows.map((one, place) => html`<tr key=${place} class=${one.match === 0 ? "apart" : ""}>
          <td>${moment(one.at)}</td><td>${t[`source_${one.source}`]}</td>
          <td><${Answer} of=${one.machine} /></td>
          <td>${one.people.map((answer) => html`<${Answer} of=${answer} /> `)}</td>
          <td>${one.agreed === null ? "–" : html`<${Answer} of=${one.agreed} />`}</td>
          <td>${one.conversation_id
            ? html`<a href=${`${root}/conversations/${encodeURIComponent(one.conversation_id)}`}>${t.conversation}</a>`
            : html`<span class="small">${t.gone}</span>`}</td></tr>`)}</tbody></table></div>`}
  </${Dialog}>`;
}

function Questions({ report, show }) {
  const held = report.gates.questions;
  return html`<div class="scroll"><table class="table agreement">
    <caption class="hidden">${t.questions}</caption>
    <thead><tr><th scope="col">${t.question}</th><th scope="col">${t.machine_kappa}</th>
      <th scope="col">${t.human_kappa}</th><th scope="col" class="number">${t.n_double}</th>
      <th scope="col" class="number">${t.failures}</th><th scope="col">${t.gate}</th>
      <th scope="col"><span class="hidden">${t.behind}</span></th></tr></thead>
    <tbody>${report.questions.map((one, place) => {
      const label = given.questions[one.item]?.[lang] ?? one.item;
      const decision = report.decisions[place];
      return html`<tr key=${one.item}><th scope="row">${label}</th>
        <td><${Scale} of=${one.double_kappa} label=${t.machine_kappa} /></td>
        <td>${two(one.human_kappa.value)}</td>
        <td class="number">${one.doubly_scored}</td><td class="number">${number(one.failures)}</td>
        <td><${Gate} of=${held[one.item]?.gate} />${decision.gate && html`<span
          class="small why">${both(decision, "reason")}</span>`}</td>
        <td><button class="quiet" aria-label=${`${t.behind} – ${label}`}
          onClick=${() => show({ item: one.item, label })}>${t.behind}</button></td></tr>`;
    })}</tbody></table></div>`;
}

function Changes({ report, again }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  if (!report.changes.length) return null;
  const announce = async () => {
    setBusy(true);
    try {
      await ask(`/v1/evaluations/agreement?${query({ version: given.card.version })}`, { method: "POST" });
      say(t.announced_now);
      again();
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return html`<section class="box"><h2>${t.changes}</h2><p class="small">${t.changes_hint}</p>
    <details open=${report.changes.length <= FEW}><summary>${
      counted("changes_n", report.changes.length)}</summary>
      <ul class="events">${report.changes.map((one, place) => html`<${Told} key=${place} of=${one} />`)}</ul></details>
    <${Problem} of=${problem} />
    ${given.may_announce && html`<button disabled=${busy} aria-busy=${busy} onClick=${announce}>${t.announce}</button>`}
  </section>`;
}

function Told({ of, when = false }) {
  const label = given.questions[of.item]?.[lang] ?? of.item;
  const what = of.kind === "gate_changed"
    ? html`<${Gate} of=${of.before} /> → <${Gate} of=${of.after} />`
    : html`<span class=${of.kind === "drift_alarmed" ? "chip bad" : "chip"}>${t[of.kind]}</span>`;
  return html`<li><p><b>${label}</b> ${what}</p>
    ${of.reason_fr && html`<p class="small">${both(of, "reason")}</p>`}
    ${when && html`<time class="small" datetime=${of.at}>${moment(of.at)}</time>`}</li>`;
}

function Announced() {
  const { value, problem, again } = useAsked(`/v1/evaluations/agreement/announced?${query()}`);
  return html`<section class="box"><h2>${t.announced}</h2><${Problem} of=${problem} again=${again} />
    ${value && (value.data.length
      ? html`<ul class="events">${value.data.map((one) => html`<${Told} key=${one.id} of=${one} when />`)}</ul>`
      : html`<p class="nothing">${t.announced_none}</p>`)}</section>`;
}

function Causes() {
  const [weeks, setWeeks] = useState("");
  const since = weeks && new Date(Math.floor(Date.now() / 864e5) * 864e5 - weeks * 7 * 864e5).toISOString();
  const { value, problem, again } = useAsked(
    `/v1/evaluations/root-causes?${query(since ? { since } : {})}`);
  return html`<section class="box"><div class="row apart"><h2>${t.causes}</h2>
      <label class="row small">${t.period}<select value=${weeks} onInput=${(e) => setWeeks(e.currentTarget.value)}>
        <option value="">${t.period_all}</option>
        ${[4, 12].map((n) => html`<option value=${n}>${fill(t.period_weeks, { n })}</option>`)}
      </select></label></div>
    <${Problem} of=${problem} again=${again} />
    ${value && (value.data.length === 0 ? html`<p class="nothing">${t.causes_none}</p>`
      : html`<div class="scroll"><table class="table"><thead><tr><th scope="col">${t.cause}</th>
          <th scope="col">${t.question}</th><th scope="col" class="number">${t.n}</th>
          <th scope="col">${t.conversations}</th></tr></thead>
        <tbody>${value.data.map((one) => html`<tr key=${one.item + one.cause}>
          <th scope="row">${t[`cause_${one.cause}`] ?? one.cause}</th>
          <td>${given.questions[one.item]?.[lang] ?? one.item}</td>
          <td class="number">${one.n}</td>
          <td>${one.conversation_ids.map((id, place) => html`<a class="nth"
            aria-label=${`${t.conversation} ${place + 1}`}
            href=${`${root}/conversations/${encodeURIComponent(id)}`}>${place + 1}</a> `)}</td></tr>`)}
        </tbody></table></div>`)}
  </section>`;
}

function Cards() {
  const go = (event) => {
    const [scorecard, version] = event.currentTarget.value.split("\n");
    location.search = new URLSearchParams({ scorecard, version });
  };
  return html`<label class="row small">${t.card}<select class="card" onChange=${go}
      value=${`${given.card.name}\n${given.card.version}`}>
    ${given.cards.map((one) => html`<option key=${one.name + one.version}
      value=${`${one.name}\n${one.version}`}>${one.title[lang]} ${one.version}</option>`)}
  </select></label>`;
}

function Agreement() {
  const path = `/v1/evaluations/agreement?${query({ version: given.card.version })}`;
  const { value: report, problem, again } = useAsked(path);
  const [behind, setBehind] = useState(null);
  const [round, setRound] = useState(0);
  const measured = report?.questions.filter((one) => one.doubly_scored > 0).length;
  return html`<div class="row apart head"><p class="lead">${t.lead}</p><${Cards} /></div>
    <${Problem} of=${problem} again=${again} />
    ${!report && !problem && html`<section class="box"><p class="nothing" role="status">${t.measuring}</p></section>`}
    ${report && html`
      <${Changes} report=${report} again=${() => { again(); setRound(round + 1); }} />
      <section class="box"><h2>${t.questions}</h2>
        <p class="small">${fill(t.measured_of, { n: measured, all: report.questions.length })} ${
          fill(t.kappa_note, { floor: two(given.rule.auto_kappa) })} ${fill(t.rule_note, {
          n: given.rule.min_contacts, failures: given.rule.min_failures })}</p>
        <${Questions} report=${report} show=${setBehind} /></section>`}
    <div class="split"><div><${Causes} /></div><div><${Announced} key=${round} /></div></div>
    ${behind && html`<${Behind} ...${behind} close=${() => setBehind(null)} />`}`;
}

mount(Agreement, "agreement");
