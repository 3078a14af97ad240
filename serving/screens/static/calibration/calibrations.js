// The calibration sessions of the team, and the window that opens a new one.
import {
  fill, given, html, moment, mount, root, t, useState,
} from "../kit.js";
import { text, who } from "../settle/parts.js";
import { Opening } from "./opening.js";

const address = (one) => `${root}/review/calibrations/${encodeURIComponent(one.id)}`;

function State({ of }) {
  if (of.closed) return html`<span class="chip">${t.closed}</span>`;
  if (of.revealed) return html`<span class="chip accent">${t.to_compare}</span>`;
  if (of.mine) return html`<span class="chip warn">${fill(t.to_score, { n: of.mine })}</span>`;
  return html`<span class="chip">${t.waiting}</span>`;
}

function Row({ of, people }) {
  const raters = Object.entries(of.scored);
  return html`<tr>
    <td><a href=${address(of)}><strong>${text(of.title)}</strong></a> <span class="small">${
      of.version}</span><br /><span class="small">${fill(t.opened_by, {
        who: who(of.opened_by, people), at: moment(of.opened_at) })}</span></td>
    <td class="number">${of.contacts}</td>
    <td><ul class="raters">${raters.map(([id, n]) => html`<li key=${id}>
      <span>${who(id, people)}</span>
      ${of.excused.includes(id)
        ? html`<span class="small">${t.excused}</span>`
        : html`<progress value=${n} max=${of.contacts}
            aria-label=${fill(t.scored_of, { who: who(id, people), n, all: of.contacts })}></progress>
          <span class="small">${n}/${of.contacts}</span>`}</li>`)}</ul></td>
    <td><${State} of=${of} /></td>
  </tr>`;
}

function Calibrations() {
  const [opening, setOpening] = useState(false);
  const { data, people } = given.sessions;
  return html`<div class="row apart head">
      <p class="lead">${t.lead}</p>
      ${given.may_open && html`<button onClick=${() => setOpening(true)}>${t.open}</button>`}
    </div>
    <section class="box">
    ${data.length === 0
      ? html`<p class="nothing">${given.may_open ? t.none_open : t.none}</p>`
      : html`<div class="scroll"><table class="table">
        <caption class="hidden">${t.title}</caption>
        <thead><tr><th scope="col">${t.card}</th><th scope="col" class="number">${t.contacts}</th>
          <th scope="col">${t.raters}</th><th scope="col">${t.state}</th></tr></thead>
        <tbody>${data.map((one) => html`<${Row} key=${one.id} of=${one} people=${people} />`)}</tbody>
      </table></div>`}
    </section>
    ${opening && html`<${Opening} close=${() => setOpening(false)} />`}`;
}

mount(Calibrations, "calibration");
