// What all screens of the centre are built from: state, requests, problems, numbers, keys.
import {
  html, render, useCallback, useEffect, useLayoutEffect, useRef, useState,
} from "./vendor/htm-preact.js";

export {
  html, render, useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState,
} from "./vendor/htm-preact.js";

/** What the page came with; `words` in the reader's language. */
export const given = JSON.parse(document.getElementById("state").textContent);
export const { words: t, root, lang } = given;

/** Put the values into a phrase: fill("{n} appels", {n: 3}). */
export const fill = (phrase, values) =>
  phrase.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * A count in words, singular (`name_one`) or plural (`name`): counted("n_days", 1); 0 is singular in
 * French. `values` are those of the phrase besides {n}.
 */
export const counted = (name, n, values = {}) =>
  fill(n === 1 || (n === 0 && lang === "fr") ? t[`${name}_one`] : t[name], {
    n: number(n), ...values });

/** Somebody's words in the quotation marks of the reader's language. */
export const quoted = (text) => (lang === "fr" ? `«\u00a0${text}\u00a0»` : `“${text}”`);

/** French text in which no line break parts « ; : ! ? » from its words; as serving/typesetting.py. */
export const typeset = (text, language) => (language !== "fr" ? text
  : text.replace(/ (?=[:»])|(?<=«) /g, "\u00a0").replace(/ (?=[;?!%€])/g, "\u202f"));

const locale = lang === "fr" ? "fr-FR" : "en-GB";
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const numbers = new Intl.NumberFormat(
  locale, { maximumFractionDigits: 1, signDisplay: "negative" });
const hundredths = new Intl.NumberFormat(
  locale, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "negative" });
const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const missing = (value) => value === null || value === undefined || value === "";

export const moment = (at) => (missing(at) ? "" : moments.format(new Date(at)));
export const day = (at) => (missing(at) ? "" : days.format(new Date(at)));
export const number = (value) => (
  missing(value) ? "" : numbers.format(value).replace("-", "\u2212"));
/** Two decimals, always: 0.8 → "0.80". */
export const two = (value) => (
  missing(value) ? "–" : hundredths.format(value).replace("-", "\u2212"));
export const percent = (share) => (missing(share) ? "" : shares.format(share));
/** Seconds as minutes and seconds: 83 → "1:23". */
export const length = (seconds) => {
  if (missing(seconds)) return "";
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

/** What the service refused, with its problem (RFC 9457). */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? String(problem.status));
    this.problem = problem;
  }
}

/**
 * Ask the service; objects are sent as JSON, with the token that proves the page is ours.
 * Returns what JSON it answers (null where it answers nothing); throws Refused.
 */
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { method, signal, headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") sent.headers["X-CSRF-Token"] = given.csrf;
  if (body instanceof FormData || body instanceof Blob) sent.body = body;
  else if (body !== undefined) {
    sent.headers["Content-Type"] ??= "application/json";
    sent.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(root + path, sent);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ status: 0 });
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused({ ...problem, status: answer.status });
  }
  if (answer.status === 204) return null;
  return answer.json().catch((error) => {
    if (error.name === "AbortError") throw error; // not an empty answer: nobody waits for it now
    return null;
  });
}

/**
 * Guard what must not happen twice: [busy, once]. once(work) does nothing while a work of before is
 * still under way, however fast somebody clicks; a form is never sent by the browser itself.
 */
export function useOnce() {
  const [busy, setBusy] = useState(false);
  const goes = useRef(false);
  const once = (work) => async (...values) => {
    values[0]?.preventDefault?.();
    if (goes.current) return undefined;
    goes.current = true;
    setBusy(true);
    try {
      return await work(...values);
    } finally {
      goes.current = false;
      setBusy(false);
    }
  };
  return [busy, once];
}

/** A refusal in the reader's words; the service's own, in English, stand after it. */
export function Problem({ of, again }) {
  if (!of) return null;
  const one = of.problem ?? { status: -1, detail: String(of.message ?? of) };
  const kind = (one.type ?? "").replace("urn:entendu:problem:", "");
  const said = t[kind] ?? (one.status === 0 ? t.problem_cut : t[`problem_${one.status}`]);
  return html`<div class="problem" role="alert">
    <p>${said ?? t.problem_other}</p>
    ${one.detail && html`<p class="remedy" lang="en">${one.detail}${
      one.remedy ? ` → ${one.remedy}` : ""}</p>`}
    ${again && html`<button class="quiet" onClick=${again}>${t.again}</button>`}
  </div>`;
}

/**
 * Ask for something while a component is shown, again when `path` changes.
 * Returns {value, of, problem, busy, again}; the last value stays while the next is awaited, and
 * `of` is the path that it answers.
 */
export function useAsked(path, first = null) {
  const [held, setHeld] = useState(
    { value: first, of: first === null ? null : path, problem: null, busy: first === null });
  const [round, setRound] = useState(0);
  const skip = useRef(first !== null);
  useEffect(() => {
    if (path === null || skip.current) {
      skip.current = false;
      return undefined;
    }
    const stop = new AbortController();
    setHeld((now) => ({ ...now, busy: true }));
    ask(path, { signal: stop.signal }).then(
      (value) => setHeld({ value, of: path, problem: null, busy: false }),
      (problem) => problem.name === "AbortError"
        || setHeld((now) => ({ ...now, problem, busy: false })),
    );
    return () => stop.abort();
  }, [path, round]);
  return { ...held, again: useCallback(() => setRound((n) => n + 1), []) };
}

/** Give the focus to what came in the place of something that had it; else leave it where it is. */
export function catchFocus(element) {
  const at = document.activeElement;
  if (!at || at === document.body || at.disabled) element?.focus();
}

const FIELDS = "input:not([type=hidden]), select, textarea";

/**
 * A window over the page; Escape and the button close it, focus goes back where it was, also when
 * another window takes its place. It is modal from the moment it is there, so no key is lost; its
 * first field has the focus.
 */
export function Dialog({ title, close, wide = false, children }) {
  const place = useRef(null);
  useLayoutEffect(() => {
    const [sheet, before] = [place.current, document.activeElement];
    sheet.showModal();
    if (!document.activeElement.autofocus) sheet.querySelector(FIELDS)?.focus();
    return () => {
      sheet.remove(); // while it is modal nothing else takes the focus
      if (document.activeElement === document.body) before.focus();
    };
  }, []);
  return html`<dialog ref=${place} class=${wide ? "sheet wide" : "sheet"} aria-label=${title}
      onClose=${close}>
    <header><h2>${title}</h2>
      <button class="quiet" onClick=${() => place.current.close()}>${t.close}</button></header>
    ${children}
  </dialog>`;
}

/** Change what a tab says waits behind it: recount("/review/contests", -1) when one is settled. */
export function recount(path, by) {
  for (const tab of document.querySelectorAll(`nav a[href="${root}${path}"]`)) {
    const count = tab.querySelector(".count");
    const n = Number(count?.firstChild.data ?? 0) + by;
    count?.remove();
    if (n > 0)
      tab.insertAdjacentHTML("beforeend",
        ` <span class="count">${n}<span class="hidden"> ${t.waiting_here}</span></span>`);
  }
}

const heard = new Set();
/** Say something short at the foot of the page; screen readers hear it. */
export const say = (text, kind = "") => heard.forEach((tell) => tell({ text, kind }));

function Sayings() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    const tell = (one) => setSaid({ ...one, at: Date.now() });
    heard.add(tell);
    return () => heard.delete(tell);
  }, []);
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => setSaid(null), 6000);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class="sayings" role="status" aria-live="polite">
    ${said && html`<p class=${said.kind}>${said.text}</p>`}</div>`;
}

const KEYS = "entendu_keys";
/** Whether keys of one letter act; who speaks to the machine turns them off (WCAG 2.1.4). */
export const areKeysOn = () => localStorage.getItem(KEYS) !== "off";
export const turnKeys = (isOn) => localStorage.setItem(KEYS, isOn ? "on" : "off");

/**
 * Keys of a screen: useKeys({j: next, "?": help}); none while somebody writes or with Ctrl/Alt/⌘.
 */
export function useKeys(map) {
  const now = useRef(map);
  now.current = map;
  useEffect(() => {
    const pressed = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target.closest?.("input:not([type=radio],[type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
      const act = now.current[event.key];
      if (!act || (event.key.length === 1 && !areKeysOn())) return;
      // What has the focus does what these two keys do to it.
      if ((event.key === " " || event.key === "Enter")
        && event.target.closest?.("button, a[href], summary, label, [role=button], input")) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/**
 * Follow server-sent events; the browser comes back by itself after a cut.
 * `hear` maps event names to functions of the parsed data; returns a function that stops.
 */
export function follow(path, hear, cut = () => {}) {
  const source = new EventSource(root + path);
  for (const [name, act] of Object.entries(hear))
    source.addEventListener(name, (event) => act(JSON.parse(event.data), event));
  source.onerror = () => cut(source.readyState === EventSource.CLOSED);
  return () => source.close();
}

/** Put a component into the page. */
export function mount(Component, id) {
  const place = document.getElementById(id);
  render(html`<${Component} /><${Sayings} />`, place);
}
