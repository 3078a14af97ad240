// The contests of the team: those that wait, and how the others ended.
import {
  Problem, counted, fill, given, html, moment, mount, root, t, useAsked, useState,
} from "../kit.js";
import { Answer, text, who } from "./parts.js";

const DAY_MS = 24 * 3600 * 1000;

function Waiting({ since }) {
  const days = Math.floor((Date.now() - new Date(since)) / DAY_MS);
  if (days < 1) return html`<span class="small">${t.today}</span>`;
  return html`<span class=${days > 7 ? "chip warn" : "small"}>${counted("n_days", days)}</span>`;
}

function Row({ one, people }) {
  const open = one.outcome === null;
  return html`<tr>
    <td><a href=${`${root}/review/contests/${encodeURIComponent(one.id)}`}><strong>${
        text(one.question)}</strong></a>
      <br /><span class="small">${one.contact.name} · ${moment(one.contact.started_at)}${
        one.about === "eliminatory" ? ` · ${t.about_eliminatory}` : ""}</span></td>
    <td>${who(one.by, people)}</td>
    <td><${Answer} of=${one.answer} /></td>
    <td>${open
      ? html`<${Waiting} since=${one.at} />`
      : html`<span class="chip">${t[`outcome_${one.outcome}`]}</span>
        <span class="small"> ${moment(one.settled_at)} · ${who(one.settled_by, people)}</span>`}
      ${open && one.reopened && html` <span class="chip">${t.outcome_reopened}</span>`}
      ${open && one.barred && html`<br /><span class="small">${t[`barred_${one.barred}`]}</span>`}
    </td>
  </tr>`;
}

function Table({ data, people, caption }) {
  return html`<div class="scroll"><table class="table">
    <caption class="hidden">${caption}</caption>
    <thead><tr><th scope="col">${t.question}</th><th scope="col">${t.contested_by}</th>
      <th scope="col">${t.stands}</th><th scope="col">${t.state}</th></tr></thead>
    <tbody>${data.map((one) => html`<${Row} key=${one.id} one=${one} people=${people} />`)}</tbody>
  </table></div>`;
}

function Contests() {
  const { value: of, problem, again } = useAsked("/v1/contests", given.contests);
  const [all, setAll] = useState(false);
  const open = of.data.filter((one) => one.outcome === null);
  const settled = of.data.filter((one) => one.outcome !== null);
  return html`<${Problem} of=${problem} again=${again} />
  <section class="box"><h2>${t.open_contests} <span class="chip">${open.length}</span></h2>
    ${open.length
      ? html`<${Table} data=${open} people=${of.people} caption=${t.open_contests} />`
      : html`<p class="nothing">${t.no_open_contests}</p>`}
  </section>
  ${settled.length > 0 && html`<section class="box"><h2>${t.settled_contests}</h2>
    <${Table} data=${all ? settled : settled.slice(0, 20)} people=${of.people}
      caption=${t.settled_contests} />
    ${!all && settled.length > 20 && html`<p class="more"><button class="secondary"
      onClick=${() => setAll(true)}>${fill(t.show_all, { n: settled.length })}</button></p>`}
  </section>`}`;
}

mount(Contests, "settle");
