// The agent's desk: the call that goes on, and before and after it what leads there.
import {
  Dialog, follow, given, html, mount, Refused, t, useEffect, useKeys, useRef, useState,
} from "../kit.js";
import { Help } from "./help.js";
import { StoredNote } from "./note.js";
import { Running } from "./running.js";
import { Start } from "./start.js";
import { askedFor, Bell, useWaiting } from "./waiting.js";
import { byMicrophone, byRecording, byWatching } from "./ways.js";

/** Wait until the service takes the call; until then the forms stay as they were filled in. */
const whenOpen = ({ call, leave }) => new Promise((taken, refused) => {
  const stop = call.subscribe(() => {
    const { line, problem } = call.now;
    if (line !== "open" && line !== "refused") return;
    stop();
    if (line === "open") taken();
    else {
      leave();
      refused(new Refused(problem ?? { status: 0 }));
    }
  });
});

/** The spoken side: one call at a time. */
function Calls({ active, help, openChat }) {
  const [way, setWay] = useState(null);
  const [busy, setBusy] = useState("");
  const [wrong, setWrong] = useState(null);
  const [note, setNote] = useState(null);
  const [round, setRound] = useState(0);
  const left = useRef(new Set());
  const isFirst = useRef(true);
  useKeys(active && !way ? { "?": help } : {});

  const begin = async (wanted) => {
    if (busy || way) return;
    isFirst.current = false;
    setBusy(wanted.way);
    setWrong(null);
    try {
      const opened = await {
        microphone: () => byMicrophone(wanted),
        practice: () => byRecording(wanted),
        watched: () => byWatching(wanted.session),
      }[wanted.way]();
      if (wanted.way !== "watched") await whenOpen(opened);
      setWay(opened);
    } catch (problem) {
      setWrong({ way: wanted.way, problem });
    } finally {
      setBusy("");
    }
  };
  const finish = () => {
    way.leave();
    if (way.call.now.session) left.current.add(way.call.now.session);
    setWay(null);
  };

  if (way)
    return html`<${Running} way=${way} finish=${finish} active=${active} help=${help}
      openChat=${openChat} />`;
  return html`<h1 class="hidden">${t.title}</h1>
    <${Start} begin=${begin} busy=${busy} wrong=${wrong} left=${left.current}
      isFirst=${isFirst.current} round=${round} openNote=${setNote} />
    ${note && html`<${Dialog} title=${`${t.note} · ${note.customer_key ?? t.unknown_customer}`}
        close=${() => { setNote(null); setRound((n) => n + 1); }}>
      <${StoredNote} eager conversation=${note.conversation_id} /></${Dialog}>`}`;
}

const SIDES = ["calls", "written"];

const Waiting = ({ count }) => count > 0 && html` <span class="count">${count}<span class="hidden">${
  ` ${t.waiting_here}`}</span></span>`;

function Tabs({ side, choose, help, count }) {
  const move = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const next = SIDES[(SIDES.indexOf(side) + 1) % SIDES.length];
    choose(next);
    document.getElementById(`tab-${next}`).focus();
  };
  return html`<div class="row apart sides">
    <div class="row" role="tablist" aria-label=${t.sides} onKeyDown=${move}>
      ${SIDES.map((name) => html`<button key=${name} id=${`tab-${name}`} role="tab"
        class=${side === name ? "panel chosen" : "panel"} aria-selected=${side === name}
        aria-controls=${`side-${name}`} tabindex=${side === name ? 0 : -1}
        onClick=${() => choose(name)}>${t[`side_${name}`]}${
          name === "written" && html`<${Waiting} count=${count} />`}</button>`)}
    </div>
    <div class="row"><${Bell} />
      <button class="quiet" onClick=${help}>${t.keys} <kbd aria-hidden="true">?</kbd></button></div>
  </div>`;
}

function Desk() {
  const asked = new URLSearchParams(location.search).get("side");
  const [side, setSide] = useState(asked === "written" && given.has_written ? asked : "calls");
  const [Written, setWritten] = useState(null);
  const [isHelp, setIsHelp] = useState(false);
  const [queue, take] = useWaiting(given.written?.queue ?? null);
  const help = () => setIsHelp(true);
  // The written side follows the queue itself while it is shown, with the chat that is open there.
  useEffect(() => (
    given.has_written && side === "calls"
      ? follow("/v1/written/events", { queue: take }) : undefined
  ), [side]);
  useKeys(side === "written" ? { "?": help } : {});
  useEffect(() => {
    if (side === "written" && !Written)
      import("./written.js").then((module) => setWritten(() => module.Written));
  }, [side]);
  const choose = (name) => {
    setSide(name);
    const address = new URL(location.href);
    if (name === "calls") address.searchParams.delete("side");
    else address.searchParams.set("side", name);
    history.replaceState(null, "", address);
  };
  const openChat = given.has_written && ((id) => {
    choose("written");
    location.hash = `chat=${encodeURIComponent(id)}`;
  });
  return html`
    ${given.has_written
      ? html`<${Tabs} side=${side} choose=${choose} help=${help} count=${askedFor(queue)} />`
      : html`<div class="row sides ends"><button class="quiet" onClick=${help}>${t.keys}
          <kbd aria-hidden="true">?</kbd></button></div>`}
    <div id="side-calls" role=${given.has_written ? "tabpanel" : undefined}
        aria-labelledby=${given.has_written ? "tab-calls" : undefined} hidden=${side !== "calls"}>
      <${Calls} active=${side === "calls"} help=${help} openChat=${openChat} /></div>
    ${given.has_written && html`<div id="side-written" role="tabpanel"
        aria-labelledby="tab-written" hidden=${side !== "written"}>
      ${Written && html`<${Written} active=${side === "written"} queue=${queue} take=${take} />`}</div>`}
    ${isHelp && html`<${Help} close=${() => setIsHelp(false)} />`}`;
}

mount(Desk, "desk");
