// The inbox: what came in, how far it is, and what a figure of the board was made of.
import { isDay } from "../day_field.js";
import {
  Problem, ask, counted, day, fill, given, html, lang, length, moment, mount, number, quoted, root, t,
  useEffect, useRef, useState,
} from "../kit.js";
import { Chips, FilterBar, keepInAddress, queryOf } from "./filters.js";
import { Jobs } from "./jobs.js";
import { Sender } from "./sending.js";

const PAGE = 50;
const MOST = 200;
const LOOK_EVERY_MS = 1500;
const TONES = { done: "good", failed: "bad", running: "accent" };
const MOOD = 0.2;

const moodOf = (felt) => (felt > MOOD ? "positive" : felt < -MOOD ? "negative" : "neutral");

/** A chat of our own has the name of its file from its id, which nobody reads. */
const nameOf = (one) => (one.name === `chat-${one.id}.json`
  ? fill(t.chat_of, { at: moment(one.started_at ?? one.created_at) }) : one.name);

function Row({ one, open }) {
  const name = nameOf(one);
  const about = [one.queue, one.agent_key].filter(Boolean).join(" · ");
  return html`<tr>
    <td class="name">${one.status === "done"
      ? html`<a href=${`${root}/conversations/${encodeURIComponent(one.id)}`}>${name}</a>`
      : name}
      ${about && html`<br /><span class="small">${about}</span>`}</td>
    <td><span class=${`chip ${TONES[one.status] ?? ""}`}>${t[one.status]}</span>
      ${one.status === "running" && html`<progress value=${one.progress} max="1"
        aria-label=${`${t.progress} ${name}`}></progress>`}</td>
    <td>${one.channel ? t[one.channel] ?? one.channel : ""}</td>
    <td class="when">${moment(one.started_at ?? one.created_at)}</td>
    <td class="number">${length(one.duration_s)}</td>
    <td>${one.reason ? given.reasons[one.reason] ?? one.reason : ""}</td>
    <td>${one.sentiment === null ? "" : html`<span class=${`felt ${moodOf(one.sentiment)}`}>
      ${t[`felt_${moodOf(one.sentiment)}`]}</span>`}</td>
    ${given.may_score && html`<td class="number">${
      one.score_100 === null ? "" : number(Math.round(one.score_100))}</td>`}
    <td class="acts">${one.status === "done"
      ? html`<a href=${`${root}/v1/conversations/${one.id}/report?lang=${lang}`} target="_blank" rel="noopener"
          aria-label=${`${t.report} ${name}`}>${t.report}</a>`
      : html`<button class="quiet" onClick=${() => open(one)}
          aria-label=${`${one.status === "failed" ? t.why : t.follow} ${name}`}>
          ${one.status === "failed" ? t.why : t.follow}</button>`}</td>
  </tr>`;
}

function List({ found, open }) {
  return html`<div class="scroll"><table class="table">
    <thead><tr>
      <th scope="col">${t.name}</th><th scope="col">${t.state}</th>
      <th scope="col">${t.channel}</th><th scope="col">${t.date}</th>
      <th scope="col" class="number">${t.length}</th>
      <th scope="col">${t.reason}</th><th scope="col">${t.by_sentiment}</th>
      ${given.may_score && html`<th scope="col" class="number">${t.score}</th>`}
      <th scope="col"><span class="hidden">${t.acts}</span></th>
    </tr></thead>
    <tbody>${found.data.map((one) => html`<${Row} key=${one.id} one=${one} open=${open} />`)}</tbody>
  </table></div>`;
}

// As many rows as there were when somebody left the list and comes back to it.
const heldBefore = history.state?.held ?? 0;

// What was loaded before stays below what is asked for again.
function merged(before, fresh) {
  if (!before || before.data.length <= fresh.data.length || !fresh.next_cursor) return fresh;
  const known = new Set(fresh.data.map((one) => one.id));
  const last = fresh.data[fresh.data.length - 1].created_at;
  const older = before.data.filter((one) => one.created_at < last && !known.has(one.id));
  return { data: [...fresh.data, ...older], next_cursor: before.next_cursor };
}

function useList() {
  const [filters, setFilters] = useState(given.filters);
  const [found, setFound] = useState(given.list);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(given.list === null);
  const wanted = useRef(heldBefore);
  const now = useRef({ filters, found });
  now.current = { filters, found };

  const read = async (more) => {
    const asked = now.current.filters;
    const query = queryOf(asked);
    const held = now.current.found?.data.length ?? PAGE;
    query.set("limit", more === "more" ? PAGE : Math.min(Math.max(held, PAGE), MOST));
    if (more === "more") query.set("cursor", now.current.found.next_cursor);
    if (more) setBusy(true);
    try {
      const fresh = await ask(`/v1/conversations?${query}`);
      if (asked !== now.current.filters) return;
      setFound((before) => {
        if (more === "new") return fresh;
        if (more !== "more") return merged(before, fresh);
        const known = new Set(fresh.data.map((one) => one.id));
        const kept = before.data.filter((one) => !known.has(one.id));
        return { data: [...kept, ...fresh.data], next_cursor: fresh.next_cursor };
      });
      setProblem(null);
    } catch (refused) {
      if (asked === now.current.filters) setProblem(refused);
    }
    if (more && asked === now.current.filters) setBusy(false);
  };
  const change = (values) => {
    const next = { ...now.current.filters, ...values };
    for (const [name, value] of Object.entries(next)) if (!value) delete next[name];
    if (new URLSearchParams(next).toString() === new URLSearchParams(now.current.filters).toString())
      return;
    wanted.current = 0;
    now.current.filters = next;
    setFilters(next);
    keepInAddress(next);
    read("new");
  };
  useEffect(() => {
    keepInAddress(filters);
    if (given.list === null) read("new");
    // Looking for words is written down each time, and is not done again by itself.
    const timer = setInterval(
      () => document.hidden || now.current.filters.q || read(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!found) return;
    if (found.next_cursor && found.data.length < wanted.current) {
      read("more");
      return;
    }
    wanted.current = 0;
    history.replaceState({ held: found.data.length }, "");
  }, [found]);
  return { filters, change, found, problem, busy, read };
}

function Inbox() {
  const { filters, change, found, problem, busy, read } = useList();
  const [opened, setOpened] = useState(null);
  const filtered = Object.keys(filters).length > 0;
  const none = () => change(Object.fromEntries(Object.keys(filters).map((name) => [name, ""])));
  const ignored = Object.entries(given.ignored);
  const isReversed = isDay(filters.from) && isDay(filters.to) && filters.from > filters.to;
  const cut = problem?.problem?.status === 0;
  const count = found ? counted(found.next_cursor ? "count_more" : "count", found.data.length) : "";
  return html`${given.may_send && html`<${Sender} stored=${() => read()} />`}
  <section class="box received" aria-busy=${busy ? "true" : "false"}>
    <div class="row apart">
      <h2>${t.list} <span class="small" role="status">${busy ? t.loading : count}</span></h2>
      ${given.may_export && html`<a class="small" download
        href=${`${root}/v1/exports/conversations.csv?${queryOf(filters)}`}>${t.export_csv}</a>`}
    </div>
    <${FilterBar} filters=${filters} change=${change} />
    <${Chips} filters=${filters} without=${(name) => change({ [name]: "" })} none=${none} />
    ${ignored.length > 0 && html`<p class="notice" role="status">${fill(t.ignored, { what: ignored.map(
      ([name, text]) => `${t[`by_${name}`]} ${quoted(text)}`).join(", ") })}</p>`}
    ${isReversed && html`<p class="notice" role="alert">${fill(t.bad_period, {
      from: day(`${filters.from}T12:00`), to: day(`${filters.to}T12:00`) })}</p>`}
    ${cut ? html`<p class="notice" role="status">${t.offline}</p>` : html`<${Problem} of=${problem} />`}
    ${found && found.data.length > 0 && html`<${List} found=${found} open=${setOpened} />`}
    ${found && found.data.length === 0 && html`<p class="nothing">
      ${filtered ? t.empty_filter : given.may_send ? t.empty : t.empty_reader}
      ${filtered && html`<br /><button class="quiet" onClick=${none}>${t.take_all_away}</button>`}
    </p>`}
    ${found?.next_cursor && html`<div class="more"><button class="secondary"
      onClick=${() => read("more")}>${t.more}</button></div>`}
  </section>
  ${opened && html`<${Jobs} of=${opened} close=${() => setOpened(null)} changed=${() => read()} />`}`;
}

mount(Inbox, "inbox");
