// What waits for a person, and what is with the one who looks.
import { fill, given, html, t, useEffect, useState } from "../kit.js";
import { Bell } from "./waiting.js";

/** All that can be opened, in the order in which it is shown. */
export const inOrder = (queue) => [
  ...queue.mine.map((one) => ({ kind: "chat", id: one.id })),
  ...queue.waiting.map((one) => ({ kind: "chat", id: one.id })),
  ...queue.emails.map((one) => ({ kind: "email", id: one.id })),
];

function since(at) {
  const minutes = Math.max(0, (Date.now() - new Date(at).getTime()) / 60_000);
  if (minutes < 1) return t.w_since_now;
  if (minutes < 60) return fill(t.w_since_min, { n: Math.floor(minutes) });
  if (minutes < 1440) return fill(t.w_since_h, { n: Math.floor(minutes / 60) });
  return fill(t.w_since_d, { n: Math.floor(minutes / 1440) });
}

function ChatItem({ one, open, choose, mine }) {
  const here = open?.kind === "chat" && open.id === one.id;
  const over = one.state === "closed" && mine;
  return html`<li><button class=${here ? "item here" : "item"} aria-current=${here ? "true" : undefined}
      onClick=${() => choose({ kind: "chat", id: one.id })}>
    <span class="top"><strong>${one.customer_key ?? t.w_unknown}</strong>
      <span class="small">${since(mine ? one.taken_at ?? one.since : one.since)}</span></span>
    <span class="last">${one.last_said}</span>
    <span class="chips">
      ${one.urgency >= 2 && html`<span class="chip bad">${t[`w_urgency_${one.urgency}`]}</span>`}
      ${one.mode === "message" && html`<span class="chip accent">${t.w_message_left}</span>`}
      ${over && html`<span class="chip">${t.w_gone}</span>`}
      ${mine && one.unread && !over && html`<span class="chip warn">${t.w_unread}</span>`}
      ${!mine && one.trigger && html`<span class="chip">${t[`w_trigger_${one.trigger}`]}</span>`}
      <span class="chip lang" lang=${one.language}>${one.language.toUpperCase()}</span>
    </span>
  </button></li>`;
}

function EmailItem({ one, open, choose }) {
  const here = open?.kind === "email" && open.id === one.id;
  return html`<li><button class=${here ? "item here" : "item"} aria-current=${here ? "true" : undefined}
      onClick=${() => choose({ kind: "email", id: one.id })}>
    <span class="top"><strong>${one.subject ?? one.customer_key ?? t.w_unknown}</strong>
      <span class="small">${since(one.at)}</span></span>
    <span class="last">${one.excerpt}</span>
    ${(one.mine || one.customer_key) && html`<span class="chips">
      ${one.mine && html`<span class="chip accent">${t.w_mine}</span>`}
      ${one.customer_key && html`<span class="small">${one.customer_key}</span>`}</span>`}
  </button></li>`;
}

function Section({ title, count, children }) {
  return html`<section aria-label=${title}><h2>${title} <span class="many">${count}</span></h2>
    <ul>${children}</ul></section>`;
}

export function Queue({ queue, open, choose, name, rename, help, alone }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  const { waiting, mine, emails } = queue;
  return html`<aside class="box queue" aria-label=${t.w_queue}>
    ${mine.length > 0 && html`<${Section} title=${t.w_mine} count=${mine.length}>
      ${mine.map((one) => html`<${ChatItem} key=${one.id} ...${{ one, open, choose }} mine />`)}
    </${Section}>`}
    <${Section} title=${t.w_waiting} count=${waiting.length}>
      ${waiting.length
        ? waiting.map((one) => html`<${ChatItem} key=${one.id} ...${{ one, open, choose }} />`)
        : html`<li class="small none">${t.w_nobody}</li>`}
    </${Section}>
    ${emails.length > 0 && html`<${Section} title=${t.w_emails} count=${emails.length}>
      ${emails.map((one) => html`<${EmailItem} key=${one.id} ...${{ one, open, choose }} />`)}
    </${Section}>`}
    ${queue.with_colleagues > 0 && html`<p class="small">${
      fill(t.w_colleagues, { n: queue.with_colleagues })}</p>`}
    <footer>
      ${given.written.named && html`<label class="field">${t.w_name}
        <input maxlength="40" value=${name} autocomplete="off" aria-describedby="name-hint"
          onInput=${(event) => rename(event.currentTarget.value)} />
        <span class="small" id="name-hint">${t.w_name_hint}</span></label>`}
      <div class="row"><button class="quiet" onClick=${help}>${t.w_help}</button>
        ${alone && html`<${Bell} />`}</div>
    </footer>
  </aside>`;
}
