// The wrap-up note: drafted by the machine, corrected and sent by the agent.
import {
  ask, fill, given, html, moment, Problem, say, t, useEffect, useOnce, useRef, useState,
} from "../kit.js";
import { unsent } from "../unsent.js";

const LONGEST = 4000;

const joined = (...parts) => parts.map((one) => (one ?? "").trim()).filter(Boolean).join("\n");

/** Warn before a page with an unsent note is left, and tell who would close it. */
function useGuard(isUnsent, changed) {
  useEffect(() => {
    changed?.(isUnsent);
    if (!isUnsent) return undefined;
    const guard = (event) => event.preventDefault();
    addEventListener("beforeunload", guard);
    return () => removeEventListener("beforeunload", guard);
  }, [isUnsent]);
}

function Changed({ theirs, take, keep }) {
  return html`<div class="notice" role="alert">
    <p>${t.note_changed}</p>
    <blockquote class="words">${theirs.text}</blockquote>
    <div class="row"><button class="secondary" onClick=${take}>${t.note_take_theirs}</button>
      <button onClick=${keep}>${t.note_keep_mine}</button></div>
  </div>`;
}

/**
 * The editor of a stored conversation's note.
 * `known` is the note as the service has it; `draft` what to begin with where nothing was sent;
 * `eager` gives it the focus at once.
 */
export function NoteEditor({ conversation, known, draft, jotted = "", changed, place, eager }) {
  const name = `note ${conversation}`;
  const begun = joined(known.text ?? draft ?? known.draft, jotted);
  const [kept, setKept] = useState(() => unsent.find(name) ?? null);
  const [note, setNote] = useState(known);
  const [text, setText] = useState(kept?.text ?? begun);
  const [untouched] = useState(jotted ? null : begun);
  const [problem, setProblem] = useState(null);
  const [theirs, setTheirs] = useState(kept && kept.version !== known.version ? known : null);
  const [busy, once] = useOnce();
  const isSent = note.text !== null && note.text === text.trim();
  const own = useRef(null);
  useEffect(() => {
    if (eager) own.current.focus();
  }, []);
  useGuard(!isSent && text.trim() !== "" && text !== untouched, changed);
  const machine = draft ?? note.draft;

  const put = (next) => {
    setText(next);
    if (next === begun || next === note.text) unsent.drop(name);
    else unsent.keep(name, { text: next, version: note.version });
  };
  const send = once(async (event, version = note.version) => {
    setProblem(null);
    try {
      const sent = await ask(`/v1/conversations/${conversation}/note`, {
        method: "PUT", body: { text, version },
      });
      setNote(sent);
      setText(sent.text);
      unsent.drop(name);
      setKept(null);
      setTheirs(null);
      say(t.note_sent_now);
    } catch (refused) {
      if (refused.problem?.status === 412)
        setTheirs(await ask(`/v1/conversations/${conversation}/note`).catch(() => null));
      else setProblem(refused);
    }
  });
  const writing = (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") send(event);
  };

  return html`<form class="note-form" onSubmit=${send}>
    <label class="field">${t.note}
      <textarea ref=${place ?? own} rows="7" maxlength=${LONGEST} required value=${text} onKeyDown=${writing}
        onInput=${(event) => put(event.currentTarget.value)}></textarea></label>
    ${kept && !theirs && html`<p class="notice" role="status">${t.note_resumed}${" "}
      <button type="button" class="quiet" onClick=${() => { put(begun); setKept(null); }}>${
        t.note_drop}</button></p>`}
    ${theirs && html`<${Changed} theirs=${theirs}
      take=${() => {
        setNote(theirs);
        setText(theirs.text ?? "");
        unsent.drop(name);
        setKept(null);
        setTheirs(null);
      }}
      keep=${() => { setNote(theirs); send(null, theirs.version); }} />`}
    <${Problem} of=${problem} />
    <div class="row apart">
      <div class="row">
        <button type="submit" aria-busy=${busy} disabled=${busy || !text.trim() || isSent}>
          ${note.version ? t.note_send_again : t.note_send}</button>
        <kbd aria-hidden="true">Ctrl ⏎</kbd>
      </div>
      <span class="small" role="status">${note.sent_at
        ? fill(isSent ? t.note_sent_at : t.note_edited, { at: moment(note.sent_at) })
        : t.note_not_sent}</span>
    </div>
    ${machine && html`<details>
      <summary>${t.note_machine}</summary>
      <p class="words drafted">${machine}</p>
      <button type="button" class="quiet" onClick=${() => put(machine)}>${t.note_restore}</button>
    </details>`}
  </form>`;
}

/** The same for a note that is asked for first. */
export function StoredNote({ conversation, draft, jotted, changed, place, eager }) {
  const [known, setKnown] = useState(null);
  const [problem, setProblem] = useState(null);
  const look = () => {
    setProblem(null);
    ask(`/v1/conversations/${conversation}/note`).then(setKnown, setProblem);
  };
  useEffect(look, [conversation]);
  if (problem)
    return html`<${Problem} of=${problem} again=${look} />
      <p class="words drafted">${joined(draft, jotted)}</p>`;
  if (!known) return html`<p class="soft" aria-busy="true">${t.loading}</p>`;
  if (!given.may_send)
    return html`<p class="words">${known.text ?? known.draft ?? t.note_none}</p>`;
  return html`<${NoteEditor} conversation=${conversation} known=${known} draft=${draft}
    jotted=${jotted} changed=${changed} place=${place} eager=${eager} />`;
}

/** After an exercise: one's own note beside the one that was sent at the time. Nothing is kept. */
export function PractisedNote({ draft, jotted, original, place }) {
  const [text, setText] = useState(joined(draft, jotted));
  const [known, setKnown] = useState(null);
  const [isShown, setIsShown] = useState(false);
  const compare = async () => {
    if (original && !known)
      setKnown(await ask(`/v1/conversations/${original}/note`).catch((problem) => ({ problem })));
    setIsShown(true);
  };
  const theirs = known?.text ?? known?.draft;
  return html`<form class="note-form" onSubmit=${(event) => { event.preventDefault(); compare(); }}>
    <p class="soft">${t.practice_note_hint}</p>
    <label class="field">${t.note}
      <textarea ref=${place} rows="7" maxlength=${LONGEST} value=${text}
        onInput=${(event) => setText(event.currentTarget.value)}></textarea></label>
    <div class="row"><button type="submit">${t.practice_compare}</button></div>
    ${isShown && html`<div class="compared" aria-live="polite">
      ${theirs && html`<h3>${known.text ? t.practice_theirs : t.practice_theirs_draft}</h3>
        <p class="words drafted">${theirs}</p>`}
      ${known?.problem && html`<${Problem} of=${known.problem} />`}
      ${draft && html`<h3>${t.note_machine}</h3><p class="words drafted">${draft}</p>`}
      ${!theirs && !draft && html`<p class="soft">${t.note_none}</p>`}
    </div>`}
  </form>`;
}

/** What the agent jots down while the call goes on; it is put under the draft at the end. */
export function Jotter({ text, write, place }) {
  const first = useRef(null);
  return html`<section class="box" aria-labelledby="jot-title">
    <h2 id="jot-title">${t.jot} <kbd aria-hidden="true">n</kbd></h2>
    <textarea ref=${place ?? first} rows="3" maxlength="2000" aria-labelledby="jot-title"
      placeholder=${t.jot_hint} value=${text} onInput=${(event) => write(event.currentTarget.value)}
      ></textarea>
  </section>`;
}
