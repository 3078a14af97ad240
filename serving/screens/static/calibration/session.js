// One session: who has scored what; once all have, the answers side by side.
import {
  Dialog, Problem, ask, fill, given, html, length, moment, mount, root, say, t, useState,
} from "../kit.js";
import { useUnsent } from "../unsent.js";
import { text, who } from "../settle/parts.js";
import { Comparison } from "./comparison.js";

const { contacts, people, me } = given;
const here = `/v1/calibrations/${encodeURIComponent(given.session.id)}`;

/** Record what happens in the session; returns where it stands then. */
const record = (body) => ask(`${here}/events`, { method: "POST", body });

function Reason({ name, title, hint, label, button, needed, act, close }) {
  const [said, setSaid] = useUnsent(`${here} ${name}`, "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await act(said.trim());
      setSaid("");
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${title} close=${close}><form onSubmit=${send}>
    <p>${hint}</p>
    <label class="field">${label}<textarea rows="3" maxlength="4000" value=${said} required=${needed}
      onInput=${(event) => setSaid(event.currentTarget.value)}></textarea></label>
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${busy || (needed && !said.trim())} aria-busy=${busy}>${button}</button></p>
  </form></${Dialog}>`;
}

function Raters({ of, changed }) {
  const [excuses, setExcuses] = useState(null);
  const all = of.conversation_ids.length;
  return html`<section class="box"><h2>${t.raters}</h2>
    <ul class="raters">${of.raters.map((id) => html`<li key=${id}>
      <span>${who(id, people)}${id === me ? ` (${t.you})` : ""}</span>
      ${of.excused.includes(id)
        ? html`<span class="chip">${t.excused}</span>`
        : html`<progress value=${of.scored[id]} max=${all}
            aria-label=${fill(t.scored_of, { who: who(id, people), n: of.scored[id], all })}></progress>
          <span class="small">${of.scored[id]}/${all}</span>`}
      ${given.may_manage && of.waiting_for.includes(id) && html`<button class="quiet"
        aria-label=${`${t.excuse} ${who(id, people)}`} onClick=${() => setExcuses(id)}>${t.excuse}</button>`}
    </li>`)}</ul>
    ${excuses && html`<${Reason} name=${`excuse ${excuses}`} title=${`${t.excuse} – ${who(excuses, people)}`} hint=${t.excuse_hint}
      label=${t.excuse_why} button=${t.excuse} needed close=${() => setExcuses(null)}
      act=${async (reason) => changed(await record({ kind: "session_excused", rater: excuses, reason }))} />`}
  </section>`;
}

function Contacts({ of }) {
  const mine = of.answers[me] ?? {};
  const rates = of.raters.includes(me) && !of.excused.includes(me);
  return html`<section class="box"><h2>${t.contacts}</h2>
    <ul class="contacts">${of.conversation_ids.map((id, place) => {
      const one = contacts.find((found) => found.id === id);
      const about = one && [t[one.channel] ?? one.channel, moment(one.started_at), length(one.duration_s)];
      return html`<li key=${id}>
        <span><b>${one ? one.name : fill(t.contact_n, { n: place + 1 })}</b>
          <span class="small">${one ? about.filter(Boolean).join(" · ") : t.not_to_be_seen}</span></span>
        ${rates && one && (mine[id]
          ? html`<span class="chip good">${t.scored}</span>`
          : html`<a role="button" href=${`${root}/review/calibrations/${encodeURIComponent(of.id)}/${encodeURIComponent(id)}`}
              aria-label=${`${t.score} ${one.name}`}>${t.score}</a>`)}
      </li>`;
    })}</ul></section>`;
}

function Session() {
  const [of, setOf] = useState(given.session);
  const [closing, setClosing] = useState(false);
  const close = async (note) => {
    setOf(await record({ kind: "session_closed", ...(note && { note }) }));
    say(t.closed_now);
  };
  return html`<p class="back"><a href=${`${root}/review/calibrations`}>← ${t.sessions}</a></p>
    <header class="top"><div><h1>${text(given.title)}</h1>
        <p class="small">${[of.version, fill(t.opened_by, {
          who: who(of.opened_by, people), at: moment(of.opened_at) })].join(" · ")}</p></div>
      ${of.revealed && !of.closed && given.may_manage && html`<button class="secondary"
        onClick=${() => setClosing(true)}>${t.close_session}</button>`}</header>
    ${of.closed && html`<p class="notice law">${fill(t.closed_by, {
      who: who(of.closed.by, people), at: moment(of.closed.at) })}${of.closed.note
        && html`<br /><span class="words">${of.closed.note}</span>`}</p>`}
    ${!of.revealed && html`<p class="notice law">${t.blind_until}</p>`}
    ${of.revealed
      ? html`<${Comparison} of=${of} record=${record} changed=${setOf} />`
      : html`<div class="split even"><div><${Contacts} of=${of} /></div>
          <div><${Raters} of=${of} changed=${setOf} /></div></div>`}
    ${closing && html`<${Reason} name="close" title=${t.close_session} hint=${t.close_hint} label=${t.close_note}
      button=${t.close_session} needed=${false} act=${close} close=${() => setClosing(false)} />`}`;
}

mount(Session, "calibration");
