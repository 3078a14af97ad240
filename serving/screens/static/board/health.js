// How the service itself is doing.
import { counted, fill, html, moment, number, t, useState } from "../kit.js";
import { BehindDialog } from "./behind.js";
import { count, LeadToIds, Part, percent, span, Waiting } from "./pieces.js";

const STATES = ["queued", "running", "failed", "dead", "cancelled", "done"];

function Jobs({ found }) {
  const { delay } = found;
  return html`<div class="block"><h3>${t.jobs}</h3>
    <ul class="states">${STATES.map((state) => html`<li key=${state}
        class=${(state === "failed" || state === "dead") && found.jobs[state] ? "bad" : ""}>
      <strong>${count(found.jobs[state] ?? 0)}</strong> ${t[`state_${state}`]}</li>`)}</ul>
    <dl class="facts"><dt>${t.delay}</dt>
      <dd>${delay.n ? fill(t.delay_value, { median: span(delay.median_s), p90: span(delay.p90_s),
        n: count(delay.n) }) : t.no_delay}
        ${delay.waiting_since && html`<br />${fill(t.oldest, { at: moment(delay.waiting_since) })}`}</dd>
      <dt>${t.failed_week}</dt><dd>${found.failed
        ? html`<${LeadToIds} ids=${found.failed_ids} n=${found.failed}
          what=${t.state_failed} className="" />` : "0"}</dd>
    </dl></div>`;
}

function Coverage({ found, filters }) {
  const [behind, setBehind] = useState(null);
  const one = found.coverage;
  const dropped = Object.values(one.dropped).reduce((sum, n) => sum + n, 0);
  const lead = (what, text) => (one[what] ? html`<button class="quiet inline"
    onClick=${() => setBehind(what)}>${text}</button>` : text);
  return html`<div class="block"><h3>${t.coverage}</h3>
    ${one.recordings === 0 ? html`<p class="small">${t.no_recording}</p>` : html`
      <p class="big">${percent(one.speech_s ? one.covered_s / one.speech_s : 1)}</p>
      <p class="small">${fill(t.coverage_value, { speech: span(one.speech_s) })}</p>
      <ul class="plain small">
        <li>${counted("recordings_n", one.recordings)}</li>
        <li>${lead("short", fill(t.short_n, { n: count(one.short) }))}</li>
        <li>${lead("warned", fill(t.warned_n, { n: count(one.warned) }))}</li>
        <li>${counted("dropped_n", dropped)}</li></ul>`}
    ${behind && html`<${BehindDialog} figure=${`coverage:${behind}`} what=${t[behind]}
      filters=${filters} close=${() => setBehind(null)} />`}</div>`;
}

function Models({ found }) {
  return html`<div class="block"><h3>${t.models} ${found.device && html`<span class="small">(${
      fill(t.computes_on, { device: t[`on_${found.device.split(":")[0]}`] ?? found.device })})</span>`}</h3>
    <ul class="plain">${found.models.map((one) => html`<li key=${one.used_for}>
      <strong>${one.name}</strong><span class="small">${t[`for_${one.used_for}`]}</span>
      <span class=${`chip ${one.loaded ? "good" : one.present ? "" : "bad"}`}>${
        one.loaded ? t.loaded : one.present ? t.ready : t.absent}${
        one.memory_mb !== null ? ` · ${number(one.memory_mb)} ${t.megabytes}` : ""}</span></li>`)}
    </ul></div>`;
}

export function Health({ asked, filters }) {
  const found = asked.value;
  return html`<${Part} id="health" table="health" filters=${filters} note=${t.health_note}>
    <${Waiting} asked=${asked} />
    ${found && html`<div class="thirds"><${Jobs} found=${found} />
      <${Coverage} found=${found} filters=${filters} /><${Models} found=${found} /></div>`}
  <//>`;
}
