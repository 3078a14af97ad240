// A customer's earlier contacts, newest first. The page brings the words of
// serving/screens/timeline/words.py and timeline.css.
import {
  Problem, ask, day, fill, html, lang, length, moment, root, t, useEffect, useRef, useState,
} from "./kit.js";

const MARKED_MOOD = 0.2; // as serving/store/values.py
const PAGE = 8;

const moodOf = ({ score }) => (score > MARKED_MOOD ? "good" : score < -MARKED_MOOD ? "bad" : "neutral");

function Mood({ of }) {
  if (!of) return null;
  const mood = moodOf(of);
  const way = of.trend === "same" ? "" : `, ${t[`tl_${of.trend}`]}`;
  return html`<span class=${`tl-mood ${mood}`}>${t[`tl_mood_${mood}`]}${way}</span>`;
}

// An end of a due interval ("2026-11-20/2026-11-22") is what counts as its date.
const dueDay = (due) => {
  const at = due && new Date(due.split("/").pop());
  return at && !Number.isNaN(at.getTime()) ? at : null;
};

function Promised({ one }) {
  const due = dueDay(one.due);
  const late = due && one.who === "agent" && due.getTime() + 86_400_000 < Date.now();
  return html`<li>
    <span class="small">${one.who === "customer" ? t.tl_promised_customer : t.tl_promised}${
      lang === "fr" ? " :" : ":"}</span> ${one.text}
    ${due && html` <span class=${late ? "chip warn" : "chip"}>${
      fill(late ? t.tl_overdue : t.tl_due, { due: day(due) })}</span>`}
  </li>`;
}

function Contact({ one }) {
  const bot = one.kind === "bot";
  const reason = one.reason_label?.[lang] ?? one.reason;
  const title = bot ? t.tl_bot : reason ?? (one.status === "done" ? t.tl_no_reason : t.tl_pending);
  const about = [
    t[one.channel] ?? one.channel, t[`tl_${one.direction}`], length(one.duration_s),
    one.handed_over && t.tl_handed,
  ].filter(Boolean);
  return html`<li class=${`tl-contact ${one.channel ?? ""}`}>
    <div class="tl-head">
      <strong>${title}</strong>
      <time datetime=${one.at}>${moment(one.at)}</time>
    </div>
    <p class="small">${about.join(" · ")}
      ${one.readable && html` · <a href=${`${root}/conversations/${one.id}`}
        aria-label=${fill(t.tl_open_of, { at: moment(one.at) })}>${t.tl_open}</a>`}</p>
    ${(one.mood || one.outcome || one.satisfaction) && html`<p class="tl-facts">
      <${Mood} of=${one.mood} />
      ${one.outcome && html`<span class=${`chip ${one.outcome === "resolved" ? "good"
        : one.outcome === "unresolved" ? "bad" : "accent"}`}>${t[`tl_${one.outcome}`]}</span>`}
      ${one.satisfaction && html`<span class="chip">${
        fill(t.tl_rated, { n: one.satisfaction })}</span>`}</p>`}
    ${one.promises.length > 0 && html`<ul class="tl-promises">
      ${one.promises.map((promise) => html`<${Promised} one=${promise} />`)}</ul>`}
  </li>`;
}

/** The contacts of a customer but the one with the id `except`; null key: nobody is known. */
export function Timeline({ customerKey, except = null }) {
  const [held, setHeld] = useState({ data: null, next: null, team: false });
  const [problem, setProblem] = useState(null);
  const asked = useRef(null);
  const load = async (cursor) => {
    asked.current = customerKey;
    const path = `/v1/customers/${encodeURIComponent(customerKey)}/timeline?limit=${PAGE}${
      cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
    try {
      const page = await ask(path);
      if (asked.current !== customerKey) return;
      setProblem(null);
      setHeld((now) => ({
        data: [...(cursor ? now.data : []), ...page.data], next: page.next_cursor,
        team: page.whole_team,
      }));
    } catch (error) {
      if (asked.current === customerKey) setProblem(error);
    }
  };
  useEffect(() => {
    setHeld({ data: null, next: null, team: false });
    setProblem(null);
    asked.current = null;
    if (customerKey) load(null);
  }, [customerKey]);

  if (!customerKey) return html`<p class="nothing">${t.tl_no_customer}</p>`;
  if (problem) return html`<${Problem} of=${problem} again=${() => load(null)} />`;
  if (held.data === null) return html`<p class="nothing" aria-busy="true">${t.loading}</p>`;
  const shown = held.data.filter((one) => one.id !== except);
  return html`<div class="tl">
    ${shown.length === 0
      ? html`<p class="nothing">${t.tl_nothing}</p>`
      : html`<ol>${shown.map((one) => html`<${Contact} key=${one.id} one=${one} />`)}</ol>`}
    ${held.next && html`<button class="quiet" onClick=${() => load(held.next)}>${t.tl_older}</button>`}
    ${!held.team && html`<p class="small">${t.tl_yours}</p>`}
  </div>`;
}
