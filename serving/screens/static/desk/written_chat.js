// One chat: what was said, the reply, and its end.
import {
  Problem, ask, catchFocus, fill, html, moment, say, t, useEffect, useOnce, useRef,
  useState,
} from "../kit.js";
import { useUnsent } from "../unsent.js";
import { Draft, useDraft } from "./written_draft.js";
import { Side } from "./written_side.js";

const TYPES_EVERY_MS = 2000;
const clock = (at) => moment(at).split(/[\s,]+/).pop();

function Said({ one, mine }) {
  if (one.happened === "joined")
    return html`<li class="system">${mine ? t.w_joined_you : t.w_joined} · ${clock(one.at)}</li>`;
  const who = one.speaker === "agent"
    ? one.name ?? (mine ? t.w_you : t.speaker_agent) : t[`speaker_${one.speaker}`];
  return html`<li class=${one.speaker}>
    <p class="small">${who} · ${clock(one.at)}</p>
    <div class="words">${one.text}</div>
    ${one.sources.map((source) => html`<p class="small">
      <a href=${source.href} target="_blank" rel="noopener">${source.title}</a></p>`)}
  </li>`;
}

function Log({ of, mine }) {
  const place = useRef(null);
  const { messages } = of.talk;
  const count = messages.length;
  const heard = useRef(count);
  const [told, tell] = useState("");
  useEffect(() => {
    place.current.scrollTop = place.current.scrollHeight;
    const last = messages[count - 1];
    if (mine && count > heard.current && last.speaker === "customer")
      tell(fill(t.w_message_from, { text: last.text }));
    heard.current = count;
  }, [count, of.customer_writes]);
  return html`<div class="said" role="log" aria-label=${t.w_log} aria-live="off" tabindex="0"
      ref=${place}><ol>
    ${messages.map((one, at) => html`<${Said} key=${at} one=${one} mine=${mine} />`)}
    ${of.customer_writes && html`<li class="customer typing">${t.w_writes}</li>`}
  </ol></div>
  <p class="hidden" role="status">${told}</p>`;
}

function Composer({ of, text, setText, sources, setSources, draft, busy, send, field }) {
  const told = useRef(0);
  const wrote = (event) => {
    setText(event.currentTarget.value);
    if (Date.now() - told.current > TYPES_EVERY_MS) {
      told.current = Date.now();
      ask(`/v1/written/chats/${of.chat.id}/typing`, { method: "POST" }).catch(() => {});
    }
  };
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  };
  return html`<form class="composer" onSubmit=${send}>
    <label class="hidden" for="w-reply">${t.w_reply}</label>
    <textarea id="w-reply" rows="4" maxlength="20000" placeholder=${t.w_reply_here} value=${text}
      ref=${field} onInput=${wrote} onKeyDown=${onKey}></textarea>
    ${sources.length > 0 && html`<ul class="sources" aria-label=${t.w_sources}>
      ${sources.map((one) => html`<li class="chip accent">
        <a href=${one.href} target="_blank" rel="noopener">${one.title}</a>
        <button type="button" class="quiet" aria-label=${`${t.w_dismiss} ${one.title}`}
          onClick=${() => setSources(sources.filter((other) => other !== one))}>×</button></li>`)}
    </ul>`}
    <div class="row apart">
      <button type="button" class="secondary" disabled=${draft.busy}
        onClick=${draft.propose}>${t.w_draft} <kbd aria-hidden="true">d</kbd></button>
      <button disabled=${busy || !text.trim()}>${t.w_send}</button></div>
  </form>`;
}

function WrapUp({ of, run, busy, done }) {
  const [text, setText] = useUnsent(`${of.chat.id} note`, null);
  const left = of.chat.mode === "message";
  const field = useRef(null);
  useEffect(() => {
    if (text !== null) catchFocus(field.current);
  }, [text === null]);
  useEffect(() => {
    ask(`/v1/written/chats/${of.chat.id}/wrap-up`).then(
      (draft) => setText((now) => now ?? draft.text ?? ""), () => setText((now) => now ?? ""));
  }, []);
  const finish = (event) => {
    event.preventDefault();
    run("wrap-up", { text: text ?? "" }, (answer) => {
      setText(null);
      say(answer.conversation_id ? t.w_finished : t[`w_not_kept_${answer.why_not}`]);
      done();
    });
  };
  return html`<form class="composer wrap-up" onSubmit=${finish}>
    <label class="field" for="w-note">${left ? t.w_note_left : t.w_note}</label>
    <textarea id="w-note" rows="5" maxlength="4000" value=${text ?? ""} disabled=${text === null} ref=${field}
      aria-describedby="w-note-hint" onInput=${(e) => setText(e.currentTarget.value)}></textarea>
    <div class="row apart"><p class="small" id="w-note-hint">${left ? "" : t.w_note_hint}</p>
      <button disabled=${busy || text === null} aria-busy=${busy}>${t.w_finish}</button></div>
  </form>`;
}

export function Chat({ of, take, name, acts, done, again }) {
  const [text, setText] = useUnsent(`${of.chat.id} text`, "");
  const [sources, setSources] = useUnsent(`${of.chat.id} sources`, []);
  const [problem, setProblem] = useState(null);
  const [busy, once] = useOnce();
  const [ending, setEnding] = useState(false);
  const field = useRef(null);
  const end = useRef(null);
  const draft = useDraft(`/v1/written/chats/${of.chat.id}/draft`);
  const mine = of.standing === "mine";
  const closed = of.talk.state === "closed";
  const writes = mine && !closed;

  const run = once(async (what, body, then) => {
    setProblem(null);
    try {
      const answer = await ask(`/v1/written/chats/${of.chat.id}/${what}`, { method: "POST", body });
      then(answer);
    } catch (refused) {
      setProblem(refused);
      if (refused.problem?.status === 409) again();
    }
  });
  const begin = () => run("take", { name: name.trim() || null }, (answer) => {
    take(answer);
    again();
    setTimeout(() => field.current?.focus(), 0);
  });
  const send = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    // The articles go along, a line each; the customer's page makes links of them.
    const label = of.chat.language === "fr" ? "Article :" : "Article:";
    const said = [text.trim(), ...sources.map((one) => `${label} ${one.title} <${one.href}>`)]
      .join("\n");
    run("messages", { id: `w-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`, text: said },
      (answer) => {
        take(answer);
        setText("");
        setSources([]);
        draft.forget();
        field.current?.focus();
      });
  };
  const insert = (words, from) => {
    setText((now) => [now.trim(), words].filter(Boolean).join("\n\n"));
    setSources((now) => [...now, ...from.filter((one) =>
      !now.some((other) => other.href === one.href))]);
    draft.forget();
    field.current?.focus();
  };
  acts.current = {
    take: () => of.standing === "waiting" && !busy && begin(),
    reply: () => field.current?.focus(),
    draft: () => writes && draft.propose(),
  };

  return html`<section class="box open" aria-label=${of.chat.customer_key ?? t.w_unknown}>
    <header class="row apart">
      <div><h2>${of.chat.customer_key ?? t.w_unknown}</h2>
        <p class="small">${of.chat.reason ?? (of.chat.trigger && t[`w_trigger_${of.chat.trigger}`])}
          ${of.satisfaction && html` · ${fill(t.w_rated, { n: of.satisfaction })}`}</p></div>
      <div class="row">
        ${of.standing === "waiting" && html`<button disabled=${busy} onClick=${begin}>${
          t.w_take} <kbd aria-hidden="true">t</kbd></button>`}
        ${writes && html`<button class="quiet" disabled=${busy} onClick=${() =>
            run("give-back", undefined, () => { say(t.w_given_back); done(); })}>${
            t.w_give_back}</button>
          <button class="secondary" disabled=${busy} ref=${end} onClick=${() => setEnding(true)}>${
            t.w_end}</button>`}
      </div>
    </header>
    ${ending && writes && html`<div class="notice row apart" role="alertdialog"
        aria-label=${t.w_end}><span>${t.w_end_sure}</span><span class="row">
      <button onClick=${() => { setEnding(false); run("close", undefined, take); }}>${
        t.w_end}</button>
      <button class="quiet" onClick=${() => { setEnding(false); end.current.focus(); }}>${t.cancel}</button></span></div>`}
    ${of.standing === "colleague" && html`<p class="notice" role="status">${t.w_taken_by_other}</p>`}
    ${problem && (problem.problem?.status === 409 && of.standing === "colleague"
      ? html`<p class="problem" role="alert">${t.w_faster}</p>`
      : html`<${Problem} of=${problem} />`)}
    <${Log} of=${of} mine=${mine} />
    ${mine && closed && of.talk.closed_by === "customer_left" && html`<p class="notice"
      role="status">${t.w_customer_left}</p>`}
    ${writes && html`<${Draft} of=${draft} insert=${insert} forget=${draft.forget}
        again=${draft.propose} />
      <${Composer} ...${{ of, text, setText, sources, setSources, draft, busy, send, field }} />`}
    ${mine && closed && html`<${WrapUp} ...${{ of, run, busy, done }} />`}
    ${of.standing === "over" && html`<p class="notice" role="status">${t.w_over}</p>`}
  </section>
  <${Side} packet=${of.packet} customer=${of.chat.customer_key} except=${of.chat.id} mine=${mine}
    use=${writes ? (sentence) => insert(sentence, []) : null} insert=${writes ? insert : null} />`;
}
