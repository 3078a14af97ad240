// What the parts of the administration share: being sure, secrets, drafts, lists in pages.
import {
  Dialog, Problem, Refused, ask, catchFocus, given, html, root, say, t, useCallback, useEffect, useRef, useState,
} from "../kit.js";

/** Ask before something is taken away; `act` may refuse, or return "stay" to go on by itself. */
export function Sure({ title, text, act, close, yes, children }) {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      if ((await act()) !== "stay") close();
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${title ?? t.sure} close=${close}>
    <p class="words">${text}</p>${children}
    <${Problem} of=${problem} />
    <div class="row"><button class="danger" disabled=${busy} onClick=${go}>${yes}</button>
      <button class="quiet" onClick=${close}>${t.cancel}</button></div>
  </${Dialog}>`;
}

/** Something that is shown once, to be copied. */
export function Secret({ label, text }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    say(t.copied);
  };
  return html`<div class="secret"><p class="notice" role="status">${t.shown_once}</p>
    <label class="field">${label}<input readonly value=${text}
      onFocus=${(event) => event.currentTarget.select()} /></label>
    <button type="button" onClick=${copy}>${t.copy}</button></div>`;
}

/** Like ask, with the ETag of what came: {value, etag}. */
export async function askTagged(path, { method = "GET", body, etag } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = given.csrf;
  if (etag) headers["If-Match"] = etag.replace(/^W\//, ""); // a proxy that compresses weakens it
  let answer;
  try {
    answer = await fetch(root + path, { method, body, headers, cache: "no-store" });
  } catch {
    throw new Refused({ status: 0 });
  }
  const value = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused({ ...value, status: answer.status });
  return { value, etag: answer.headers.get("ETag") };
}

// What was typed outlives a closed page; signing out clears it with the rest of the storage.
const place = (key) => `entendu.draft.${key}`;
export const draft = {
  keep(key, value) {
    localStorage.setItem(place(key), JSON.stringify({ at: new Date().toISOString(), value }));
  },
  find(key) {
    try {
      return JSON.parse(localStorage.getItem(place(key)));
    } catch {
      return null;
    }
  },
  drop: (key) => localStorage.removeItem(place(key)),
};

/** A list that comes in pages; `first` is that of the path now, null where it is to be asked for. */
export function usePages(path, first) {
  const [found, setFound] = useState(first);
  const [problem, setProblem] = useState(null);
  const join = (cursor) => `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
  const read = async (asked, keep) => {
    try {
      const page = await ask(asked);
      setFound((before) => ({ ...page, data: keep ? [...before.data, ...page.data] : page.data }));
      setProblem(null);
    } catch (refused) {
      setProblem(refused);
    }
  };
  const skip = useRef(first !== null);
  useEffect(() => {
    if (skip.current) skip.current = false;
    else read(path, false);
  }, [path]);
  return {
    data: found?.data ?? null,
    problem,
    next: found?.next_cursor ?? null,
    more: () => read(join(found.next_cursor), true),
    again: useCallback(() => read(path, false), [path]),
  };
}

/** The focus goes to a list's title when the row that had it is gone: [title, before removing]. */
export function useTitle(list) {
  const title = useRef(null);
  const goes = useRef(false);
  useEffect(() => {
    if (goes.current) catchFocus(title.current);
    goes.current = false;
  }, [list.data]);
  return [title, () => { goes.current = true; }];
}

export const More = ({ list }) => list.next && html`<div class="more">
  <button class="secondary" onClick=${list.more}>${t.more}</button></div>`;

/** Put names and values into the address, so that a reload shows the same. */
export function address(values) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}
