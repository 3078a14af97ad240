// An article is edited: facts, text, preview, trial; nobody's change is overwritten unseen.
import {
  Dialog, Problem, fill, html, moment, say, t, useEffect, useRef, useState,
} from "../kit.js";
import { editable, fileOf, pathOf } from "./article.js";
import { Judged } from "./judged.js";
import { Markdown } from "./markdown.js";
import { Sure, askTagged, draft } from "./parts.js";
import { Trial } from "./trial.js";

const STATES = ["work_in_progress", "not_validated", "validated", "archived"];
const AUDIENCES = ["internal", "partner", "public"];
const at = (path) => `/v1/knowledge/documents/${path.split("/").map(encodeURIComponent).join("/")}`;
const isMarkdown = (path) => /\.(md|markdown)$/i.test(path);

function form(article) {
  const body = new FormData();
  const name = article.path.split("/").pop();
  body.append("file", new Blob([fileOf(article)], { type: "text/markdown" }), name);
  return body;
}

async function create(article) {
  const parts = article.path.split("/");
  const body = new FormData();
  body.append("files", new Blob([fileOf(article)], { type: "text/markdown" }), parts.pop());
  body.append("folder", parts.join("/"));
  await askTagged("/v1/knowledge/documents", { method: "POST", body });
  return askTagged(at(article.path));
}

async function patch(article, etag) {
  const names = ["state", "audience", "owner", "review_on", "product", "valid_from", "valid_to", "url"];
  const change = Object.fromEntries(names.map((name) => [name, article[name] || null]));
  const body = new Blob([JSON.stringify(change)], { type: "application/json" });
  return askTagged(at(article.path), { method: "PATCH", body, etag });
}

function Facts({ article, change, fresh }) {
  const bind = (name) => ({
    value: article[name],
    onInput: (event) => change({ [name]: event.currentTarget.value }),
  });
  const typed = (name, more = {}) => html`<label class="field">${t[name]}
    <input ...${bind(name)} ...${more} /></label>`;
  const select = (name, values, label = t[name]) => html`<label class="field">${label}<select ...${bind(name)}>
    ${values.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></label>`;
  return html`<div class="facts">
    ${fresh && html`<label class="field">${t.path}<input ...${bind("path")} maxlength="200"
      placeholder=${pathOf(article.title) || t.path_hint} pattern="[^/].*\\.(md|markdown)" /></label>`}
    ${select("state", STATES.map((one) => [one, t[one]]))}
    ${select("audience", AUDIENCES.map((one) => [one, t[one]]))}
    ${typed("owner", { maxlength: 200 })}
    ${typed("review_on", { type: "date" })}
    ${select("language", [["", t.language_auto], ["fr", "Français"], ["en", "English"]], t.written_in)}
    ${typed("product", { maxlength: 200 })}
    ${typed("valid_from", { type: "date" })} ${typed("valid_to", { type: "date" })}
    ${typed("url", { type: "url", maxlength: 2000, placeholder: "https://" })}
  </div>`;
}

function Conflict({ theirs, close, mine, take }) {
  const [shown, setShown] = useState(false);
  return html`<${Dialog} title=${t.changed} close=${close} wide=${shown}>
    ${shown && html`<h3>${t.their_version}</h3>
      <div class="box theirs"><${Markdown} text=${theirs.value.markdown ?? theirs.value.text} /></div>`}
    <div class="row">
      ${!shown && html`<button class="secondary" onClick=${() => setShown(true)}>${t.changed_see}</button>`}
      <button onClick=${take}>${t.changed_theirs}</button>
      <button class="danger" onClick=${mine}>${t.changed_mine}</button>
    </div></${Dialog}>`;
}

/** Edit an article; `opened` is {value, etag} of one that there is, or {article} of a new one. */
export function Editor({ opened, note, leave, kept, judged }) {
  const key = `article.${opened.value?.path ?? "new"}`;
  const found = draft.find(key);
  const first = opened.value ? editable(opened.value) : opened.article;
  const [held, setHeld] = useState(opened);
  const [article, setArticle] = useState(found && !note ? found.value : first);
  const [resumed, setResumed] = useState(found && !note ? found.at : null);
  const [problem, setProblem] = useState(null);
  const [theirs, setTheirs] = useState(null);
  const [deleting, setDeleting] = useState(false);
  const [busy, setBusy] = useState(false);
  const place = useRef(null);
  const fresh = !held.value;
  const markdown = fresh || held.value.markdown !== null;

  useEffect(() => place.current?.focus(), []);
  const change = (values) => {
    const next = { ...article, ...values };
    setArticle(next);
    draft.keep(key, next);
  };
  const settle = (saved) => {
    draft.drop(key);
    setHeld(saved);
    setArticle(editable(saved.value));
    setResumed(null);
    setTheirs(null);
    kept();
  };
  const save = async (etag = held.etag) => {
    const whole = { ...article, path: article.path || pathOf(article.title) };
    if (!whole.title.trim()) return setProblem(new Error(t.title_missing));
    if (markdown && !whole.text.trim()) return setProblem(new Error(t.text_missing));
    setBusy(true);
    try {
      if (fresh) settle(await create(whole));
      else if (!markdown) settle(await patch(whole, etag));
      else settle(await askTagged(at(whole.path), { method: "PUT", body: form(whole), etag }));
      setProblem(null);
      say(t.saved);
    } catch (refused) {
      if (refused.problem?.status === 412) setTheirs(await askTagged(at(whole.path)));
      else setProblem(refused);
    }
    return setBusy(false);
  };
  const remove = async () => {
    await askTagged(at(held.value.path), { method: "DELETE", etag: held.etag });
    draft.drop(key);
    say(t.deleted);
    kept();
    leave();
  };
  const replace = async (event) => {
    const body = new FormData();
    body.append("file", event.currentTarget.files[0]);
    try {
      settle(await askTagged(at(held.value.path), { method: "PUT", body, etag: held.etag }));
      say(t.saved);
    } catch (refused) {
      setProblem(refused);
    }
  };
  const forget = () => {
    draft.drop(key);
    setArticle(first);
    setResumed(null);
  };

  return html`<section class="box editor" aria-label=${t.article}>
    <h2 class="hidden">${t.article}</h2>
    <div class="row apart"><button class="quiet" onClick=${leave}>← ${t.back}</button>
      <div class="row">
        ${!fresh && html`<button class="danger" onClick=${() => setDeleting(true)}>${t.delete}</button>`}
        <button disabled=${busy} aria-busy=${busy ? "true" : undefined} onClick=${() => save()}>
          ${t.save}</button></div></div>
    ${note && html`<p class="notice" role="status">${note}</p>`}
    ${resumed && html`<p class="notice" role="status">${fill(t.draft_found, { at: moment(resumed) })}
      <button class="quiet" onClick=${forget}>${t.draft_drop}</button></p>`}
    <${Problem} of=${problem} />
    <label class="field title">${t.name}<input value=${article.title} maxlength="300" ref=${place}
      readonly=${!markdown} onInput=${(event) => change({ title: event.currentTarget.value })} /></label>
    ${!fresh && html`<p class="small path">${held.value.path}</p>`}
    <${Judged} of=${judged} />
    <${Facts} article=${article} change=${change} fresh=${fresh} />
    ${markdown ? html`<div class="columns">
        <label class="field text">${t.text}<textarea rows="18" spellcheck="true" value=${article.text}
          onInput=${(event) => change({ text: event.currentTarget.value })}></textarea></label>
        <div><p class="field">${t.preview}</p>
          <div class="sheet-of-paper" tabindex="0" role="region" aria-label=${t.preview}>
            <${Markdown} text=${article.text} /></div></div></div>
        <${Trial} article=${article} />`
      : html`<p class="notice">${t.not_markdown}</p>
        <label class="field">${t.replace_file}<input type="file" onChange=${replace} /></label>
        <p class="field">${t.as_read}</p>
        <div class="sheet-of-paper words" tabindex="0" role="region" aria-label=${t.as_read}>
          ${held.value.text}</div>`}
    ${theirs && html`<${Conflict} theirs=${theirs} close=${() => setTheirs(null)}
      mine=${() => save(theirs.etag)} take=${() => settle(theirs)} />`}
    ${deleting && html`<${Sure} text=${fill(t.delete_sure, { name: held.value.title })}
      yes=${t.delete} act=${remove} close=${() => setDeleting(false)} />`}
  </section>`;
}

export { at, isMarkdown };
