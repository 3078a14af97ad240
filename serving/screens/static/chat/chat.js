// The chat with JavaScript: the same conversation, without loading the page again.
import { html, render, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { dress, tellSite } from "./frame.js";
import { ask, download, follow, given, newId, restored, tell, writes } from "./talking.js";

const t = given.words;
const PIECE_MS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
const filled = (phrase, name) => phrase.replace("{name}", name);
// French sets its signs off with a space that no line may end in.
const spaced = (text) => text.replace(/ (?=[?!:;»])|(?<=«) /g, "\u00a0");
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

function Message({ one, press, last }) {
  const id = last ? "last" : undefined;
  if (one.happened === "joined")
    return html`<li class="system" id=${id}>${filled(t.joined, one.name ?? t.someone)}</li>`;
  return html`<li class=${one.speaker} id=${id}>
    <p class="who">${one.name ?? t[one.speaker]}</p>
    <div class="words">${one.speaker === "bot" ? spaced(one.text) : one.text}</div>
    ${one.sources.map(
      (source) => html`<p class="source">
        <a href=${source.href} target="_blank" rel="noopener">${source.title}</a>
      </p>`,
    )}
    ${one.choices.length > 0 &&
    html`<div class="choices" role="group" aria-label=${t.choose}>
      ${one.choices.map(
        (choice, place) =>
          html`<button type="button" class="choice" onClick=${() => press(place + 1, choice)}>
            ${choice}
          </button>`,
      )}
    </div>`}
  </li>`;
}

// What is only on its way is hidden from screen readers: they hear the whole once, when it is there.
function Pending({ of, muted }) {
  return html`<li class="customer" key="pending" aria-hidden="true"><p class="who">${t.customer}</p>
      <div class="words">${of.text}</div></li>
    ${!muted && html`<li class=${of.reply ? "bot" : "bot typing"} key="typing" aria-hidden="true">
      <p class="who">${t.bot}</p>
      <div class="words">${spaced(of.reply) || t.writing}</div></li>`}`;
}

function Rating({ talk, rate }) {
  const [remark, setRemark] = useState("");
  if (talk.rating) return html`<p role="status" tabindex="-1" class="thanks">${t.thanks}</p>`;
  return html`<fieldset>
    <legend>${t.rate}</legend>
    <label for="remark">${t.remark}</label>
    <input id="remark" maxlength="2000" value=${remark}
      onInput=${(event) => setRemark(event.currentTarget.value)} />
    <div class="scores">
      ${[1, 2, 3, 4, 5].map(
        (score) => html`<button type="button" onClick=${() => rate(score, remark)}>
          ${t[`rate_${score}`]}
        </button>`,
      )}
    </div>
  </fieldset>`;
}

function Over({ talk, once, rate, save }) {
  const how = { agent: t.ended_by_person, silence: t.ended_silence }[talk.closed_by] ?? t.closed;
  return html`<div class="over">
    <p tabindex="-1" class="how">${how}</p>
    <${Rating} talk=${talk} rate=${rate} />
    <div class="row">
      <button type="button" onClick=${() => once(() => ask("/chat/new"))}>${t.new}</button>
      <button type="button" class="quiet" onClick=${save}>${t.download}</button>
    </div>
  </div>`;
}

function State({ talk, personWrites, cut, problem }) {
  const withPerson = talk.muted && talk.state !== "closed";
  const person = talk.person;
  return html`${talk.state === "handing_over" &&
    html`<p class="notice" role="status"><span class="dots" aria-hidden="true"></span>${t.waiting}</p>`}
    ${withPerson && html`<p class="notice person" role="status">${
      person ? filled(t.with_name, person) : t.with_person}</p>`}
    ${withPerson && personWrites && html`<p class="writes" aria-hidden="true">${
      filled(t.person_writes, person ?? t.someone)}</p>`}
    ${cut && html`<p class="notice" role="status">${t.cut}</p>`}
    ${problem && html`<p class="notice failed" role="alert">${problem}</p>`}`;
}

// What was typed before this script was there is not lost.
const typed = document.getElementById("text")?.value ?? "";

function Chat() {
  const [talk, setTalk] = useState(given.talk);
  const [pending, setPending] = useState(null);
  const [problem, setProblem] = useState(null);
  const [cut, setCut] = useState(false);
  const [personWrites, setPersonWrites] = useState(false);
  const newest = useRef(restored ? -1 : talk.version);
  const showing = useRef(false); // a reply is being shown sentence by sentence
  const later = useRef(null); // what came meanwhile
  const goes = useRef(false);
  const log = useRef(null);
  const field = useRef(null);
  const seen = useRef(talk.messages.length);

  const take = (next) => {
    if (showing.current) {
      later.current = next;
      return;
    }
    if (next.version < newest.current && next.messages.length) return;
    newest.current = next.version;
    setTalk(next);
    const fresh = next.messages.slice(seen.current).filter((one) => one.speaker === "agent").length;
    if (fresh) tellSite("unread", fresh);
    seen.current = next.messages.length;
  };
  useEffect(() => {
    const stop = new AbortController();
    const timer = { current: null };
    // The stream ends now and then and comes back at once: that is no cut.
    const lost = (is) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCut(is), is ? 3000 : 0);
    };
    follow(() => newest.current, { talk: take, typing: setPersonWrites }, lost, stop.signal);
    return () => stop.abort();
  }, []);
  useEffect(() => {
    if (field.current && typed) field.current.value = typed;
  }, []);
  useEffect(() => {
    log.current.scrollTop = log.current.scrollHeight;
  }, [talk.messages.length, talk.state, pending, personWrites]);

  // The focus goes on to what took the place of what was pressed.
  const isOver = talk.state === "closed";
  const isRated = Boolean(talk.rating);
  const isFirst = useRef(true);
  useEffect(() => {
    const at = document.activeElement;
    if (!isFirst.current && (!at || at === document.body || at.disabled))
      document.querySelector(isRated ? ".thanks" : isOver ? ".how" : "#text")?.focus();
    isFirst.current = false;
  }, [isOver, isRated]);

  const run = async (work) => {
    setProblem(null);
    try {
      const next = await work();
      if (next.state === "greeting" || !next.messages.some((one) => one.speaker === "customer"))
        newest.current = -1; // another conversation, which counts from the beginning
      take(next);
      return true;
    } catch (error) {
      setProblem(error.message);
      return false;
    } finally {
      field.current?.focus();
    }
  };
  /** Ending, rating, beginning again: once, however fast somebody clicks. */
  const once = async (work) => {
    if (goes.current) return;
    goes.current = true;
    await run(work);
    goes.current = false;
  };
  const say = async (body) => {
    if (pending) return;
    setPending({ text: body.text, reply: "" });
    showing.current = true;
    let shown = Promise.resolve();
    const piece = (words) => {
      shown = shown.then(() => {
        setPending((now) => now && { ...now, reply: now.reply + words });
        return pause(PIECE_MS);
      });
    };
    const said = await run(async () => {
      try {
        const next = await tell(body, piece);
        await shown;
        return next;
      } finally {
        showing.current = false;
      }
    });
    setPending(null);
    if (later.current) take(later.current);
    later.current = null;
    if (!said && !body.choice && field.current && !field.current.value)
      field.current.value = body.text;
  };
  const submit = (event) => {
    event.preventDefault();
    const text = field.current.value.trim();
    if (!text || pending) return;
    field.current.value = "";
    say({ id: newId("m"), text });
  };
  const onKey = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  const save = () => download().catch((error) => setProblem(error.message));
  const press = (choice, text) => say({ id: newId("c"), choice, text });
  const rate = (score, remark) =>
    once(() => ask("/chat/rating", { score, remark: remark || null }));

  return html`<form class="talk" onSubmit=${submit}>
    <div class="log" role="log" aria-label=${t.log} tabindex="0" ref=${log}><ol>
      ${talk.messages.length === 0 &&
      html`<li class="bot"><p class="who">${t.bot}</p><div class="words">${t.greeting}</div></li>`}
      ${talk.messages.map(
        (one, place) => html`<${Message} key=${place} one=${one} press=${press}
          last=${place === talk.messages.length - 1} />`,
      )}
      ${pending && html`<${Pending} of=${pending} muted=${talk.muted} />`}
    </ol></div>
    <${State} ...${{ talk, personWrites, cut, problem }} />
    ${isOver
      ? html`<${Over} ...${{ talk, once, rate, save }} />`
      : html`<div class="write">
            <label for="text" class="hidden">${t.message}</label>
            <textarea id="text" rows="2" maxlength="4000" 
              placeholder=${talk.muted ? t.to_person : t.placeholder} ref=${field}
              onKeyDown=${onKey} onInput=${() => talk.muted && writes()}></textarea>
            <button disabled=${Boolean(pending)}>${t.send}</button>
          </div>
          <div class="row">
            ${!talk.muted && talk.state !== "handing_over" &&
            html`<button type="button" class="secondary" disabled=${Boolean(pending)}
              onClick=${() => say({ id: newId("p"), text: t.ask_person })}>${t.person}</button>`}
            ${talk.messages.length > 0 &&
            html`<button type="button" class="quiet end" aria-label=${t.download}
                onClick=${save}>${t.download_short}</button>
              <button type="button" class="quiet" onClick=${() => once(() => ask("/chat/end"))}>${
                t.end}</button>`}
          </div>`}
  </form>`;
}

dress();
document.body.classList.add("js");
const place = document.getElementById("chat");
place.replaceChildren();
render(html`<${Chat} />`, place);
