// A draft from the articles, to be put into the reply and edited there.
import {
  Problem, ask, catchFocus, fill, html, lang, quoted, t, useCallback, useEffect, useRef, useState,
} from "../kit.js";

/** Ask for a draft; returns {draft, busy, problem, propose, forget}. */
export function useDraft(path) {
  const [held, setHeld] = useState({ draft: null, busy: false, problem: null });
  const propose = useCallback(async () => {
    setHeld((now) => ({ ...now, busy: true, problem: null }));
    try {
      setHeld({ draft: await ask(path), busy: false, problem: null });
    } catch (problem) {
      setHeld({ draft: null, busy: false, problem });
    }
  }, [path]);
  const forget = useCallback(() => setHeld({ draft: null, busy: false, problem: null }), []);
  return { ...held, propose, forget };
}

function Part({ one, insert }) {
  return html`<li>
    <p class="small asked">${one.question}</p>
    <p class="words" lang=${one.language}>${one.text}</p>
    <p class="small">
      <a href=${one.source.href} target="_blank" rel="noopener">${one.source.title}</a>
      ${one.language !== lang && html` · ${
        fill(t.w_draft_language, { language: t[`w_lang_${one.language}`] })}`}
      ${one.rewritten && html` · ${t.w_draft_rewritten}`}
      <button type="button" class="quiet" onClick=${() => insert(one.text, [one.source])}>${
        t.w_insert}</button></p>
  </li>`;
}

export function Draft({ of, insert, forget, again }) {
  const { draft, busy, problem } = of;
  const title = useRef(null);
  useEffect(() => catchFocus(title.current), [draft]);
  if (busy) return html`<div class="draft" role="status"><p class="small">${t.w_drafting}</p></div>`;
  if (problem) return html`<div class="draft"><${Problem} of=${problem} again=${again} /></div>`;
  if (!draft) return null;
  const whole = () => insert(draft.text, draft.parts.map((one) => one.source));
  return html`<section class="draft" aria-label=${t.w_draft_title}>
    <div class="row apart"><h3 ref=${title} tabindex="-1">${t.w_draft_title}</h3>
      <span class="row">
        ${draft.parts.length > 0 && html`<button type="button" onClick=${whole}>${
          draft.parts.length > 1 || draft.channel === "email" ? t.w_insert_all : t.w_insert
        }</button>`}
        <button type="button" class="quiet" onClick=${forget}>${t.w_dismiss}</button></span></div>
    ${draft.parts.length > 0 && html`<p class="small">${t.w_draft_hint}</p>
      <ol>${draft.parts.map((one) => html`<${Part} one=${one} insert=${insert} />`)}</ol>`}
    ${draft.unanswered.length > 0 && html`<p class="small">${t.w_draft_none}</p>
      <ul class="small">${draft.unanswered.map((one) => html`<li>${quoted(one)}</li>`)}</ul>`}
    ${!draft.parts.length && !draft.unanswered.length && html`<p class="small">${
      t.w_draft_nothing}</p>`}
  </section>`;
}
