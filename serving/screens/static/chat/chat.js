// The chat with JavaScript: the same conversation, without loading the page again.
import { html, render, useEffect, useRef, useState } from "../vendor/htm-preact.js";

const given = JSON.parse(document.getElementById("state").textContent);
const t = given.words;
const STORED = "entendu-visitor";

// In a frame on another site there is no cookie: the tab remembers who it is.
let visitor = given.visitor;
let restored = false;
if (given.framed) {
  try {
    const kept = sessionStorage.getItem(STORED);
    if (kept && kept !== visitor) {
      visitor = kept;
      restored = true;
    }
    sessionStorage.setItem(STORED, visitor);
  } catch {
    // A browser that forbids storage begins a new conversation with each page.
  }
}

const headers = { "X-Entendu-Visitor": visitor, "Accept-Language": given.lang };

async function ask(path, body) {
  const answer = await fetch(given.root + path, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error(answer.status === 429 ? t.too_many : t.failed);
  return answer.json();
}

async function follow(since, take, signal) {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`${given.root}/chat/events?since=${since()}`, { headers, signal });
      if (!answer.ok) throw new Error("refused");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let held = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        held += value;
        const parts = held.split("\n\n");
        held = parts.pop();
        for (const part of parts) {
          const data = part.split("\n").find((line) => line.startsWith("data: "));
          if (data) take(JSON.parse(data.slice(6)));
        }
      }
    } catch {
      if (!signal.aborted) await new Promise((resume) => setTimeout(resume, 2000));
    }
  }
}

function Message({ one, press, last }) {
  return html`<li class=${one.speaker} id=${last ? "last" : undefined}>
    <p class="who">${t[one.speaker]}</p>
    <div class="words">${one.text}</div>
    ${one.sources.map(
      (source) => html`<p class="source">
        <a href=${source.href} target="_blank" rel="noopener">${t.source} : ${source.title}</a>
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

function Rating({ talk, rate }) {
  const [remark, setRemark] = useState("");
  if (talk.rating) return html`<p role="status">${t.thanks}</p>`;
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

// What was typed before this script was there is not lost.
const typed = document.getElementById("text")?.value ?? "";

function Chat() {
  const [talk, setTalk] = useState(given.talk);
  const [pending, setPending] = useState(null);
  const [problem, setProblem] = useState(null);
  const newest = useRef(talk.version);
  const log = useRef(null);
  const field = useRef(null);

  const take = (next) => {
    if (next.version < newest.current && next.messages.length) return;
    newest.current = next.version;
    setTalk(next);
  };
  useEffect(() => {
    const stop = new AbortController();
    follow(() => (restored ? -1 : newest.current), take, stop.signal);
    return () => stop.abort();
  }, []);
  useEffect(() => {
    if (field.current) field.current.value = typed;
  }, []);
  useEffect(() => {
    log.current.scrollTop = log.current.scrollHeight;
  }, [talk.messages.length, pending]);

  const run = async (path, body, shown) => {
    setProblem(null);
    setPending(shown ?? null);
    try {
      const next = await ask(path, body);
      if (path === "/chat/new") newest.current = -1;
      take(next);
    } catch (error) {
      setProblem(error.message);
      if (shown && field.current && !field.current.value) field.current.value = shown;
    } finally {
      setPending(null);
      field.current?.focus();
    }
  };
  const say = (text) =>
    run("/chat/messages", { id: crypto.randomUUID?.() ?? `m-${Date.now()}-${Math.random().toString(36).slice(2)}`, text }, text);
  const press = (choice, text) =>
    run("/chat/messages", { id: `c-${Date.now()}-${choice}`, choice }, text);
  const submit = (event) => {
    event.preventDefault();
    const text = field.current.value.trim();
    if (!text || pending) return;
    field.current.value = "";
    say(text);
  };
  const onKey = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };

  const closed = talk.state === "closed";
  return html`<form class="talk" onSubmit=${submit}>
    <div class="log" role="log" aria-label=${t.log} aria-live="polite" tabindex="0" ref=${log}><ol>
      ${talk.messages.length === 0 &&
      html`<li class="bot"><p class="who">${t.bot}</p><div class="words">${t.greeting}</div></li>`}
      ${talk.messages.map(
        (one, place) => html`<${Message} key=${place} one=${one} press=${press}
          last=${place === talk.messages.length - 1} />`,
      )}
      ${pending &&
      html`<li class="customer" key="pending"><p class="who">${t.customer}</p>
          <div class="words">${pending}</div></li>
        ${!talk.muted &&
        html`<li class="bot typing" key="typing"><p class="who">${t.bot}</p>
          <div class="words">${t.writing}</div></li>`}`}
    </ol></div>
    ${talk.state === "handing_over" && html`<p class="notice" role="status">${t.waiting}</p>`}
    ${talk.muted && !closed && html`<p class="notice person" role="status">${t.with_person}</p>`}
    ${problem && html`<p class="notice failed" role="alert">${problem}</p>`}
    ${closed
      ? html`<div class="over">
          <p>${t.closed}</p>
          <${Rating} talk=${talk} rate=${(score, remark) =>
            run("/chat/rating", { score, remark: remark || null })} />
          <div class="row">
            <button type="button" onClick=${() => run("/chat/new")}>${t.new}</button>
            <a class="quiet" href=${`${given.root}/chat/transcript.txt`} download>${t.download}</a>
          </div>
        </div>`
      : html`<div class="write">
            <label for="text" class="hidden">${t.message}</label>
            <textarea id="text" rows="2" maxlength="4000" placeholder=${t.placeholder}
              ref=${field} onKeyDown=${onKey}></textarea>
            <button disabled=${Boolean(pending)}>${t.send}</button>
          </div>
          <div class="row">
            ${!talk.muted &&
            html`<button type="button" class="secondary" onClick=${() => say(t.ask_person)}>
              ${t.person}
            </button>`}
            ${talk.messages.length > 0 &&
            html`<a class="quiet end" href=${`${given.root}/chat/transcript.txt`} download>
                ${t.download}</a>
              <button type="button" class="quiet" onClick=${() => run("/chat/end")}>${t.end}</button>`}
          </div>`}
  </form>`;
}

document.body.classList.add("js");
const place = document.getElementById("chat");
place.replaceChildren();
render(html`<${Chat} />`, place);
