// The articles of the base: what state each is in, who answers for it, and what is to be reviewed.
import {
  Dialog, Problem, ask, counted, day, fill, html, mount, number, say, t, useEffect,
  useState,
} from "../kit.js";
import { blank, fromDraft } from "./article.js";
import { Editor, at } from "./editor.js";
import { Refused, refusedBy, useJudged } from "./judged.js";
import { address, askTagged } from "./parts.js";

const PAGE = 200;
const ASK_AGAIN_MS = 1500;
const TONES = { validated: "good", not_validated: "warn", work_in_progress: "", archived: "" };
const STATES = ["work_in_progress", "not_validated", "validated", "archived"];

async function all() {
  const data = [];
  let cursor = null;
  do {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await ask(`/v1/knowledge/documents?limit=${PAGE}${more}`);
    data.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor);
  return data;
}

// A gap of the board by its id; what computes them answers when it is ready.
async function gapOf(id) {
  const query = new URLSearchParams(location.search); // the filters of the board that led here
  query.delete("draft");
  for (;;) {
    const found = await ask(`/v1/board/gaps${query.size ? `?${query}` : ""}`);
    const gap = found.value?.gaps.find((one) => one.id === id);
    if (gap || !found.updating) return gap ?? null;
    await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
  }
}

const isOf = (one, state, judged) => ({
  "": true, to_review: one.to_review, refused: refusedBy(judged[one.path]) > 0,
}[state] ?? one.state === state);
const shown = (one, wanted, judged) => isOf(one, wanted.state, judged)
  && (!wanted.q || `${one.title} ${one.path}`.toLowerCase().includes(wanted.q.toLowerCase()));

function Row({ one, open, judged }) {
  return html`<tr>
    <td class="name"><button class="link" onClick=${() => open(one.path)}>${one.title}</button>
      <br /><span class="small">${one.path}</span></td>
    <td><span class=${`chip ${TONES[one.state]}`}>${t[one.state]}</span>
      ${one.state === "validated" && !one.in_force
        && html` <span class="chip warn">${t.not_in_force}</span>`}</td>
    <td>${t[one.audience]}</td><td>${one.owner ?? ""}</td>
    <td>${one.review_on ? html`<span class=${one.to_review ? "chip bad" : ""}>${
      day(`${one.review_on}T12:00`)}</span>` : ""}</td>
    <td>${one.language ?? ""}</td><td class="number">${number(one.passages)}</td>
    <td class="number"><${Refused} of=${judged} /></td>
  </tr>`;
}

function Upload({ close, done }) {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [lost, setLost] = useState([]);
  const send = async (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const body = new FormData();
    for (const file of fields.getAll("files")) body.append("files", file);
    if (fields.get("folder")) body.append("folder", fields.get("folder"));
    if (fields.get("state")) body.append("state", fields.get("state"));
    if (fields.get("replace")) body.append("replace", "true");
    setBusy(true);
    setProblem(null);
    try {
      const { value } = await askTagged("/v1/knowledge/documents", { method: "POST", body });
      say(counted("sent", value.documents.length));
      done();
      if (value.problems.length) setLost(value.problems);
      else close();
    } catch (refused) {
      setProblem(refused);
    }
    setBusy(false);
  };
  return html`<${Dialog} title=${t.upload} close=${close}>
    <form class="stack" onSubmit=${send}>
      <label class="field">${t.upload}<input type="file" name="files" multiple required /></label>
      <p class="small">${t.upload_hint}</p>
      <label class="field">${t.upload_folder}<input name="folder" maxlength="150" /></label>
      <label class="field">${t.upload_state}<select name="state">
        <option value="">${t.as_stated}</option>
        ${STATES.map((one) => html`<option value=${one}>${t[one]}</option>`)}</select></label>
      <label><input type="checkbox" name="replace" /> ${t.upload_replace}</label>
      <${Problem} of=${problem} />
      ${lost.length > 0 && html`<p class="notice">${t.unreadable_rows} ${
        lost.map((one) => `${one.path}: ${one.reason}`).join(" · ")}</p>`}
      <div class="row"><button disabled=${busy} aria-busy=${busy ? "true" : undefined}>
        ${t.send}</button></div>
    </form></${Dialog}>`;
}

function Table({ list, open, judged }) {
  return html`<div class="scroll"><table class="table">
    <thead><tr><th scope="col">${t.name}</th><th scope="col">${t.state}</th>
      <th scope="col">${t.audience}</th><th scope="col">${t.owner}</th>
      <th scope="col">${t.review_on}</th><th scope="col">${t.written_in}</th>
      <th scope="col" class="number">${t.passages}</th>
      <th scope="col" class="number" title=${t.refused_hint}>${t.refused}</th></tr></thead>
    <tbody>${list.map((one) => html`<${Row} key=${one.path} one=${one} open=${open}
      judged=${judged[one.path]} />`)}</tbody>
  </table></div>`;
}

function Knowledge() {
  const query = new URLSearchParams(location.search);
  const [list, setList] = useState(null);
  const [problem, setProblem] = useState(null);
  const [wanted, setWanted] = useState({ q: "", state: query.get("state") ?? "" });
  const [opened, setOpened] = useState(null);
  const [note, setNote] = useState(null);
  const [uploading, setUploading] = useState(false);
  const judged = useJudged();

  const read = () => all().then((data) => {
    setList(data);
    setProblem(null);
  }, setProblem);
  const open = async (path) => {
    try {
      setOpened(await askTagged(at(path)));
      setNote(null);
      address({ doc: path });
    } catch (refused) {
      setProblem(refused);
    }
  };
  const leave = () => {
    setOpened(null);
    setNote(null);
    address({ doc: null, draft: null });
  };
  const draftOf = async (id) => {
    setNote(t.gap_loading);
    try {
      const gap = await gapOf(id);
      if (!gap) return setNote(t.gap_gone);
      const article = gap.draft ? fromDraft(gap.draft, gap.language)
        : blank({ title: gap.title, language: gap.language });
      setOpened({ article });
      return setNote(gap.draft ? t.gap_from : t.gap_none);
    } catch (refused) {
      setNote(null);
      return setProblem(refused);
    }
  };
  useEffect(() => {
    read();
    if (query.get("draft")) draftOf(query.get("draft"));
    else if (query.get("doc")) open(query.get("doc"));
  }, []);

  if (opened)
    return html`<${Editor} key=${opened.value?.path ?? "new"} opened=${opened} note=${note}
      leave=${leave} kept=${read} judged=${judged[opened.value?.path]} />`;
  const found = (list ?? []).filter((one) => shown(one, wanted, judged));
  const filter = (values) => {
    setWanted({ ...wanted, ...values });
    if (values.state !== undefined) address({ state: values.state });
  };
  return html`<section class="box">
    <div class="row apart"><h2>${t.articles} ${list && html`<span class="small" role="status">${
      number(found.length)}</span>`}</h2>
      <div class="row"><button class="secondary" onClick=${() => setUploading(true)}>${t.upload}</button>
        <button onClick=${() => setOpened({ article: blank() })}>${t.new}</button></div></div>
    ${note && html`<p class="notice" role="status" aria-busy=${note === t.gap_loading ? "true" : undefined}>${note}</p>`}
    <div class="line">
      <label class="field grow">${t.search}<input value=${wanted.q}
        onInput=${(event) => filter({ q: event.currentTarget.value })} /></label>
      <label class="field">${t.state}<select value=${wanted.state}
        onChange=${(event) => filter({ state: event.currentTarget.value })}>
        <option value="">${t.all}</option>
        ${[...STATES, "to_review", "refused"].map((one) => html`<option value=${one}>${t[one]}</option>`)}
      </select></label></div>
    <${Problem} of=${problem} again=${read} />
    ${!list && !problem && html`<p aria-busy="true">${t.loading}</p>`}
    ${list && (found.length ? html`<${Table} list=${found} open=${open} judged=${judged} />`
      : html`<p class="nothing">${list.length ? t.empty_filter : t.empty}</p>`)}
    ${uploading && html`<${Upload} close=${() => setUploading(false)} done=${read} />`}
  </section>`;
}

mount(Knowledge, "admin");
