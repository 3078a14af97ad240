// The queue of those who review: what is theirs, why it was chosen, by when; by keyboard.
import {
  ask, counted, day, Dialog, fill, given, html, lang, length, moment, mount, percent, Problem, root, t,
  useEffect, useKeys, useRef, useState,
} from "../kit.js";
import { Keys } from "./keys.js";

const PAGE = 50;
const { reasons } = given;
const CHANNELS = ["phone", "email", "chat", "sms", "social", "letter", "voicebot"];
const KINDS = { begun: "accent", complete: "warn", shared: "good", contested: "bad", settled: "good" };
const reviewOf = (one) => `${root}/review/${one.conversation_id}${
  one.scorecard ? `?scorecard=${encodeURIComponent(one.scorecard)}` : ""}`;

function Choice({ name, label, of, value, change }) {
  return html`<fieldset class="choice"><legend class="hidden">${label}</legend>
    ${of.map(([one, word]) => html`<label><input type="radio" name=${name} value=${one}
      checked=${value === one} onChange=${() => change(one)} /><span>${word}</span></label>`)}
  </fieldset>`;
}

function Due({ of }) {
  if (!of.due_at) return null;
  const late = new Date(of.due_at) < new Date() && !["shared", "settled"].includes(of.state);
  return html`<span class=${late ? "chip bad" : "small"}>${
    fill(late ? t.overdue : t.due_day, { day: day(of.due_at) })}</span>`;
}

function Why({ of }) {
  if (!of.drawn) return html`<span class="small">${t.named}</span>`;
  const { drawn } = of;
  return html`<span class="why">
    ${drawn.signals.length
      ? drawn.signals.map((one) => html`<span class="chip">${t[`signal_${one}`] ?? one}</span> `)
      : html`<span class="chip">${t.drawn}</span>`}
    <span class="small">${drawn.why[lang]}</span></span>`;
}

function Row({ one, now, place, people, everybody }) {
  const row = useRef(null);
  useEffect(() => {
    if (now) row.current.scrollIntoView({ block: "nearest" });
  }, [now]);
  return html`<tr ref=${row} class=${now ? "now" : ""} aria-current=${now ? "true" : undefined}>
    <td><a href=${reviewOf(one)} id=${`review-${place}`}>${one.name}</a>
      <span class="small">${[
        one.channel && t[one.channel], moment(one.started_at),
        one.reason && (reasons[one.reason] ?? one.reason)].filter(Boolean).join(" · ")}</span></td>
    <td><${Why} of=${one} /></td>
    <td class="number">${one.duration_s > 0 ? length(one.duration_s) : "–"}</td>
    <td class="agent">${one.agent_key ?? "–"}</td>
    ${everybody && html`<td>${one.assignee === given.me ? t.me : people[one.assignee] ?? one.assignee ?? t.nobody}</td>`}
    <td><${Due} of=${one} /></td>
    <td><span class=${`chip ${KINDS[one.state] ?? ""}`}>${t[`state_${one.state}`]}</span>
      ${one.state === "begun" && html`<span class="small" title=${
        counted("answered", one.answered, { all: one.questions })}> ${
        fill(t.progress, { n: one.answered, all: one.questions })}</span>`}</td>
  </tr>`;
}

function Queue() {
  const [asked, setAsked] = useState(given.asked);
  const [list, setList] = useState(given.queue);
  const [channel, setChannel] = useState("");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [help, setHelp] = useState(false);
  const search = useRef(null);
  const first = useRef(true);
  const asking = useRef(0);
  const read = async (more) => {
    const turn = (asking.current += 1); // what was asked before is not waited for any longer
    setBusy(true);
    const query = new URLSearchParams({ ...asked, limit: PAGE, ...(channel && { channel }), ...more });
    try {
      const answer = await ask(`/v1/reviews?${query}`);
      if (turn !== asking.current) return;
      setList({ ...answer, data: [...(more ? list.data : []), ...answer.data],
        people: { ...list.people, ...answer.people } });
      setProblem(null);
      if (!more) setAt(0);
    } catch (refused) {
      if (turn === asking.current) setProblem(refused);
    } finally {
      if (turn === asking.current) setBusy(false);
    }
  };
  const look = () => read();
  const more = () => !busy && read({ cursor: list.next_cursor });
  const found = list.data;
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    history.replaceState(null, "", `?whose=${asked.whose}&state=${asked.state}`);
    look();
  }, [asked, channel]);

  const wanted = text.trim().toLowerCase();
  const shown = found.filter((one) => !wanted
    || [one.name, one.agent_key, one.reason, reasons[one.reason], one.drawn?.why[lang]]
      .some((part) => part?.toLowerCase().includes(wanted)));
  const move = (to) => {
    if (to >= shown.length && list.next_cursor) more();
    const place = Math.max(0, Math.min(shown.length - 1, to));
    setAt(place);
    document.getElementById(`review-${place}`)?.focus();
  };
  const open = () => shown[at] && location.assign(reviewOf(shown[at]));
  useKeys({
    j: () => move(at + 1),
    k: () => move(at - 1),
    o: open,
    "/": () => search.current.focus(),
    "?": () => setHelp(true),
  });
  const everybody = asked.whose !== "mine";

  return html`<div class="head">
    <h1>${t.title}</h1>
    ${shown.length > 0 && html`<a role="button" href=${reviewOf(shown[0])}>${t.begin_first}</a>`}
  </div>
  <section class="box">
    <div class="row filters">
      <${Choice} name="whose" label=${t.whose} value=${asked.whose}
        of=${["mine", "free", "all"].map((one) => [one, t[`whose_${one}`]])}
        change=${(whose) => setAsked({ ...asked, whose })} />
      <${Choice} name="state" label=${t.state} value=${asked.state}
        of=${["open", "done", "any"].map((one) => [one, t[`states_${one}`]])}
        change=${(state) => setAsked({ ...asked, state })} />
      <label class="field"><span class="hidden">${t.channel}</span>
        <select value=${channel} onInput=${(event) => setChannel(event.currentTarget.value)}>
          <option value="">${t.channel_any}</option>
          ${CHANNELS.map((one) => html`<option value=${one}>${t[one]}</option>`)}
        </select></label>
      <label class="field find"><span class="hidden">${t.find}</span>
        <input ref=${search} type="search" placeholder=${t.find} value=${text}
          onInput=${(event) => setText(event.currentTarget.value)} /></label>
      <p class="small" role="status">${shown.length > 1 && list.next_cursor
        ? fill(t.count_first, { n: shown.length }) : counted("count_many", shown.length)}</p>
      <button class="quiet" onClick=${() => setHelp(true)} aria-label=${t.keys}><kbd>?</kbd></button>
    </div>
    <${Problem} of=${problem} again=${look} />
    ${shown.length === 0
      ? html`<div class="nothing"><p>${found.length ? t.empty_find : t[`empty_${asked.whose}`]}</p>
        ${!found.length && asked.whose === "mine" && asked.state === "open" && html`<button class="secondary"
          onClick=${() => setAsked({ ...asked, whose: "free" })}>${t.look_free}</button>`}</div>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label=${t.title}><table class="table">
        <thead><tr><th scope="col">${t.contact}</th><th scope="col">${t.why}</th>
          <th scope="col" class="number">${t.length}</th><th scope="col">${t.agent}</th>
          ${everybody && html`<th scope="col">${t.assignee}</th>`}
          <th scope="col">${t.due}</th><th scope="col">${t.state}</th></tr></thead>
        <tbody>${shown.map((one, place) => html`<${Row} key=${`${one.conversation_id} ${one.assignee} ${one.scorecard}`}
          ...${{ one, place, everybody }} people=${list.people} now=${place === at} />`)}</tbody>
      </table></div>`}
    ${list.next_cursor && html`<p class="more">
      ${wanted && html`<span class="small">${fill(t.find_loaded, { n: found.length })}</span>`}
      <button class="secondary" disabled=${busy} aria-busy=${busy} onClick=${more}>${t.more}</button></p>`}
  </section>
  ${help && html`<${Keys} close=${() => setHelp(false)} of=${[
    ["j", t.key_next], ["k", t.key_before], ["o", t.key_open], ["/", t.key_find], ["?", t.key_help],
  ]} />`}`;
}

mount(Queue, "queue");
