// A call while it goes on, and right after it: words on one side, help on the other.
import { Dialog, html, t, useEffect, useKeys, useMemo, useRef, useState } from "../kit.js";
import { actionsOn, Suggestion } from "./card.js";
import { Alerts, Checklist, Facts } from "./facts.js";
import { Handed, useHanded } from "./handed.js";
import { Head, Lines } from "./head.js";
import { textOfNote } from "./model.js";
import { Jotter, PractisedNote, StoredNote } from "./note.js";
import { Transcript } from "./transcript.js";
import { Timeline } from "../timeline.js";
import { useCall } from "./using.js";

function WrapUp({ call, jotted, changed, place }) {
  const summary = useCall(call, (now) => now.summary);
  const conversation = useCall(call, (now) => now.conversation);
  const phase = useCall(call, (now) => now.phase);
  const line = useCall(call, (now) => now.line);
  const closed = useCall(call, (now) => now.closed);
  const draft = textOfNote(summary) || null;
  const { way, original } = call.now.about;
  const isThere = phase === "over";
  useEffect(() => {
    if (isThere) place.current?.focus();
  }, [isThere]);
  const inner = () => {
    if (!isThere && line !== "lost") return html`<p class="soft" aria-busy="true">${t.note_coming}</p>`;
    if (way === "practice")
      return html`<${PractisedNote} draft=${draft} jotted=${jotted} original=${original} place=${place} />`;
    if (conversation && isThere && closed?.reason !== "failed")
      return html`<${StoredNote} conversation=${conversation} draft=${draft} jotted=${jotted}
        changed=${changed} place=${place} />`;
    return html`<p class="notice">${t.note_not_possible}</p>
      <textarea ref=${place} rows="6" aria-label=${t.note}>${[draft, jotted].filter(Boolean).join("\n")}</textarea>`;
  };
  return html`<section class="box last-note" aria-labelledby="note-title">
    <h2 id="note-title">${t.wrap_up} <kbd aria-hidden="true">n</kbd></h2>${inner()}</section>`;
}

function History({ customer, conversation }) {
  return html`<div class="box"><${Timeline} customerKey=${customer} except=${conversation} /></div>`;
}

function Unsent({ stay, go }) {
  return html`<${Dialog} title=${t.unsent} close=${stay}>
    <p>${t.unsent_hint}</p>
    <div class="row"><button onClick=${stay}>${t.unsent_stay}</button>
      <button class="danger" onClick=${go}>${t.unsent_go}</button></div>
  </${Dialog}>`;
}

/** `way` is what ways.js made; `finish` leads back to the start, `openChat` to a chat. */
export function Running({ way, finish, active, help, openChat }) {
  const { call, line, player } = way;
  const actions = useMemo(() => actionsOn(call, line), [call, line]);
  const [jotted, setJotted] = useState("");
  const [panel, setPanel] = useState("help");
  const note = useRef(null);
  const isUnsent = useRef(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const phase = useCall(call, (now) => now.phase);
  const lineState = useCall(call, (now) => now.line);
  const hasCard = useCall(call, (now) => now.card !== null);
  const customer = useCall(call, (now) => now.about.customer_key ?? null);
  const conversation = useCall(call, (now) => now.conversation);
  const handed = useHanded(customer, conversation);
  const isEnded = phase === "ending" || phase === "over" || lineState === "lost";
  useEffect(() => {
    if (isEnded) way.over();
  }, [isEnded]);
  useEffect(() => {
    if (isEnded) return undefined;
    const guard = (event) => event.preventDefault();
    if (call.now.about.way !== "watched") addEventListener("beforeunload", guard);
    return () => removeEventListener("beforeunload", guard);
  }, [isEnded]);
  const live = (act) => () => phase === "live" && act();
  useKeys(active ? {
    c: actions.copy,
    u: live(() => actions.judge("up")),
    d: live(() => actions.judge("down")),
    x: live(() => actions.judge("dismissed")),
    m: live(actions.mute),
    n: () => {
      setPanel("help");
      setTimeout(() => note.current?.focus());
    },
    p: () => player && call.now.player && (call.now.player.isPlaying ? player.pause() : player.play()),
    b: () => document.querySelector(".newest")?.click(),
    "?": help,
  } : {});
  return html`<div class="running">
    <${Head} way=${way} finish=${() => (isUnsent.current ? setIsLeaving(true) : finish())} />
    ${isLeaving && html`<${Unsent} stay=${() => setIsLeaving(false)} go=${finish} />`}
    <${Lines} call=${call} />
    <div class="columns">
      <div class="spoken"><${Facts} call=${call} /><${Transcript} call=${call} /></div>
      <div class="aide">
        ${customer && html`<div class="row panels" role="tablist" aria-label=${t.panels}>
          ${["help", "history"].map((name) => html`<button key=${name} role="tab"
            class=${panel === name ? "panel chosen" : "panel"} aria-selected=${panel === name}
            onClick=${() => setPanel(name)}>${t[`panel_${name}`]}</button>`)}</div>`}
        ${panel === "history" && customer
          ? html`<${History} customer=${customer} conversation=${conversation} />`
          : html`<${Alerts} call=${call} />
            ${isEnded && html`<${WrapUp} call=${call} jotted=${jotted} place=${note}
              changed=${(is) => { isUnsent.current = is; }} />`}
            ${(!isEnded || hasCard) && html`<${Suggestion} call=${call} actions=${actions} />`}
            ${handed && html`<${Handed} of=${handed} open=${openChat} />`}
            <${Checklist} call=${call} />
            ${!isEnded && html`<${Jotter} text=${jotted} write=${setJotted} place=${note} />`}`}
      </div>
    </div>
  </div>`;
}
