// The written side of the desk: what waits, the one that is open, what helps to answer it.
// The page brings the words of serving/screens/written/words.py, the state of written_state(),
// timeline.css and desk/written.css.
import {
  Dialog, ask, catchFocus, follow, given, html, t, useCallback, useEffect, useKeys, useRef, useState,
} from "../kit.js";
import { Chat } from "./written_chat.js";
import { Email } from "./written_email.js";
import { useWaiting } from "./waiting.js";
import { Queue, inOrder } from "./written_queue.js";

const NAME = "entendu-agent-name";

function kept() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return ""; // a browser that forbids storage asks again
  }
}

function asked() {
  const [kind, id] = location.hash.replace("#", "").split("=");
  return id && (kind === "chat" || kind === "email") ? { kind, id: decodeURIComponent(id) } : null;
}

function Help({ close }) {
  const keys = [
    ["j k", t.w_key_next], ["t", t.w_key_take], ["r", t.w_key_reply], ["d", t.w_key_draft],
    ["Ctrl Enter", t.w_key_send],
  ];
  return html`<${Dialog} title=${t.w_help} close=${close}><dl class="keys">
    ${keys.map(([key, what]) => html`<dt>${key.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</dt>
      <dd>${what}</dd>`)}</dl></${Dialog}>`;
}

/** On a page of its own. */
export function WrittenPage() {
  const [queue, take] = useWaiting(given.written.queue);
  return html`<${Written} queue=${queue} take=${take} alone />`;
}

/** Everything that is answered in writing; `take` gets the queue that comes after `queue`. */
export function Written({ queue, take, active = true, alone = false }) {
  const [open, setOpen] = useState(asked);
  const [chat, setChat] = useState(null);
  const [cut, setCut] = useState(false);
  const [help, setHelp] = useState(false);
  const [name, setName] = useState(kept);
  const acts = useRef({});
  const place = useRef(null);
  const openId = useRef(null);
  const nothing = useRef(null);
  const before = useRef(open);
  const chatId = open?.kind === "chat" ? open.id : null;
  openId.current = chatId;

  const choose = useCallback((one) => {
    history.replaceState(null, "", one ? `#${one.kind}=${encodeURIComponent(one.id)}` : " ");
    setOpen(one);
  }, []);
  useEffect(() => {
    const moved = () => setOpen(asked());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  useEffect(() => {
    if (before.current && !open) catchFocus(nothing.current);
    before.current = open;
  }, [open]);
  // An answer that comes late must not put an older state in the place of a newer one.
  const takeChat = useCallback((next) => {
    if (next.chat.id !== openId.current) return;
    setChat((now) =>
      now && now.chat.id === next.chat.id && now.talk.version > next.talk.version ? now : next);
  }, []);

  useEffect(() => {
    setChat(null);
    if (!active) return undefined;
    const path = `/v1/written/events${chatId ? `?chat=${encodeURIComponent(chatId)}` : ""}`;
    return follow(path, {
      queue: (next) => {
        setCut(false);
        take(next);
      },
      chat: takeChat,
    }, (over) => {
      if (over && chatId) choose(null); // gone, or never there
      else setCut(true);
    });
  }, [chatId, active]);
  // The stream ends every half minute and comes back at once: that is no cut.
  const [shownCut, setShownCut] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShownCut(cut), cut ? 3000 : 0);
    return () => clearTimeout(timer);
  }, [cut]);

  // The columns reach down to the window's edge, wherever they begin.
  useEffect(() => {
    if (!active) return undefined;
    const measure = () => place.current.style.setProperty(
      "--top", `${place.current.getBoundingClientRect().top + scrollY}px`);
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [active]);

  const again = () => ask("/v1/written/queue").then(take, () => {});
  const rename = (text) => {
    setName(text);
    try {
      localStorage.setItem(NAME, text);
    } catch {
      // Then it lasts for this page.
    }
  };
  const step = (by) => {
    const list = inOrder(queue);
    if (!list.length) return;
    const place = list.findIndex((one) => one.id === open?.id);
    choose(list[(place + by + list.length + (place < 0 && by < 0 ? 1 : 0)) % list.length]);
  };
  const keys = {
    j: () => step(1), k: () => step(-1), t: () => acts.current.take?.(),
    r: () => acts.current.reply?.(), d: () => acts.current.draft?.(),
    ...(alone ? { "?": () => setHelp(true) } : {}),
  };
  useKeys(active ? keys : {});

  return html`<div class="written" ref=${place}>
    <${Queue} queue=${queue} open=${open} choose=${choose} name=${name} rename=${rename}
      help=${() => setHelp(true)} alone=${alone} />
    ${shownCut && html`<p class="notice cut" role="status">${t.w_cut}</p>`}
    ${open === null && html`<section class="box empty"><p class="nothing" ref=${nothing}
      tabindex="-1">${
      queue.waiting.length + queue.mine.length + queue.emails.length
        ? t.w_choose : html`<strong>${t.w_nobody}</strong><br />${t.w_nobody_hint}`}</p></section>`}
    ${chatId && (chat
      ? html`<${Chat} key=${chatId} of=${chat} take=${takeChat} name=${name} acts=${acts}
          done=${() => { choose(null); again(); }} again=${again} />`
      : html`<section class="box empty"><p class="nothing">${t.loading}</p></section>`)}
    ${open?.kind === "email" && html`<${Email} key=${open.id} id=${open.id} name=${name}
      acts=${acts} done=${() => { choose(null); again(); }} again=${again} />`}
    ${help && html`<${Help} close=${() => setHelp(false)} />`}
  </div>`;
}
