// What was shared with an agent: what is to be read first, and the course over the weeks.
import {
  Problem, counted, day, fill, given, html, lang, moment, mount, number, percent, root, t, useAsked, useState,
} from "../kit.js";
import { Score, text } from "./parts.js";
import { Weeks } from "./weeks.js";

const FEW = 30; // domain practice: below this a score says something about contacts, not people
const WORST = 5;

function News({ of }) {
  if (of.contests_open > 0)
    return html`<span class="chip warn">${counted("n_waiting", of.contests_open)}</span>`;
  if (of.settled_at)
    return html`<span class="chip accent">${fill(t.answered_on, { day: day(of.settled_at) })}</span>`;
  return null;
}

const address = (one) => `${root}/review/mine/${encodeURIComponent(one.contact.id)}`
  + `?scorecard=${encodeURIComponent(one.scorecard)}&version=${encodeURIComponent(one.version)}`;

function List({ data }) {
  return html`<ul class="shared">${data.map((one) => html`
    <li key=${one.contact.id + one.scorecard} class=${one.unread ? "unread" : ""}>
      <a href=${address(one)}>
        <span class="what">
          <strong class="name">${one.contact.name}</strong>
          <span class="small">${[fill(t.shared_on, { day: day(one.shared_at) }), t[one.contact.channel] ?? one.contact.channel,
            given.reasons[one.contact.reason] ?? one.contact.reason,
            moment(one.contact.started_at), text(one.title)].filter(Boolean).join(" · ")}</span>
        </span>
        <span class="row">
          ${one.unread && html`<span class="chip accent">${t.unread}</span>`}
          <${News} of=${one} />
          <${Score} of=${one.displayed} small />
        </span>
      </a>
    </li>`)}</ul>`;
}

function Course({ of }) {
  const n = of.weeks.reduce((sum, one) => sum + one.n, 0);
  if (n === 0) return html`<p class="nothing">${t.no_course}</p>`;
  return html`<${Weeks} of=${of.weeks} />
    <p class="small">${n < FEW ? fill(t.course_few, { n, few: FEW }) : counted("course_n", n)}</p>`;
}

function Questions({ of }) {
  const lost = of.filter((one) => one.points_lost > 0).slice(0, WORST);
  if (!lost.length) return html`<p class="nothing">${t.nothing_lost}</p>`;
  return html`<table class="table"><thead><tr>
      <th scope="col">${t.question}</th><th scope="col" class="number">${t.met}</th>
      <th scope="col" class="number">${t.points_each}</th><th scope="col" class="number">${t.n}</th>
    </tr></thead><tbody>${lost.map((one) => html`<tr key=${one.item}>
      <td>${text(one.question)}</td><td class="number">${percent(one.mean)}</td>
      <td class="number">−${number(one.points_lost)}</td><td class="number">${one.n}</td>
    </tr>`)}</tbody></table>`;
}

function Mine() {
  const { value: of, problem, again } = useAsked("/v1/shared-evaluations", given.shared);
  const [all, setAll] = useState(false);
  const shown = all ? of.data : of.data.slice(0, 20);
  return html`<${Problem} of=${problem} again=${again} />
  <p class="notice law">${t.law}</p>
  <div class="split">
    <section class="box" aria-labelledby="list">
      <h2 id="list">${t.evaluations}${of.unread > 0
        && html` <span class="chip accent">${fill(t.n_unread, { n: of.unread })}</span>`}</h2>
      ${of.data.length === 0
        ? html`<p class="nothing">${t.none_shared}</p>`
        : html`<${List} data=${shown} />`}
      ${shown.length < of.data.length && html`<p class="more">
        <button class="secondary" onClick=${() => setAll(true)}>
          ${fill(t.show_all, { n: of.data.length })}</button></p>`}
    </section>
    <div>
      <section class="box" aria-labelledby="course"><h2 id="course">${t.course}</h2>
        <p class="small">${t.course_only}</p><${Course} of=${of} /></section>
      ${of.questions.length > 0 && html`<section class="box" aria-labelledby="work">
        <h2 id="work">${t.work_on}</h2><${Questions} of=${of.questions} /></section>`}
    </div>
  </div>`;
}

document.documentElement.lang = lang;
mount(Mine, "settle");
