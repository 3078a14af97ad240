// A centre's own reasons: written, checked, tried on past conversations, published, put into use.
import {
  Problem, Refused, ask, counted, fill, given, html, lang, moment, number, root, say, t, useEffect, useState,
} from "../kit.js";
import { raised } from "./choosing.js";
import { Sure, draft } from "./parts.js";
import { putIntoUse } from "./reasonsuse.js";

const KEY = "taxonomy";
const SHIPPED = ["telecom", "banque", "ecommerce"];
const TRIED = 20;
const nameOf = (one) => (one.code ? (lang === "fr" ? one.label_fr : one.label_en) ?? one.code : t.no_reason);

const FEW = 12;
const Codes = ({ title, codes }) => codes.length > 0 && html`<details class="plain" open=${codes.length <= FEW}>
  <summary>${title} (${number(codes.length)})</summary>
  <p class="codes">${codes.map((one) => html`<code key=${one}>${one}</code> `)}</p></details>`;

function Checked({ of, raise }) {
  const orphans = Object.values(of.orphaned).reduce((sum, n) => sum + n, 0);
  if (of.problem)
    return html`<div class="problem"><p>${t.wrong}</p><p class="remedy" lang="en">${of.problem}</p></div>`;
  return html`${of.conflict ? html`<div class="problem"><p>${t.wrong}</p><p class="remedy" lang="en">${of.conflict}</p>
      <button class="secondary" onClick=${raise}>${fill(t.raise, { version: raised(of.version) })}</button></div>`
    : html`<p class="fine">${fill(t.fine, of)}</p>`}
    <${Codes} title=${t.added} codes=${of.added} /><${Codes} title=${t.removed} codes=${of.removed} />
    ${orphans > 0 && html`<p class="notice">${counted("orphaned", orphans)}</p>`}`;
}

function Tried({ of }) {
  if (!of.tried) return html`<p class="small">${t.preview_none}</p>`;
  return html`<p>${counted("previewed", of.changed, of)}</p>
    <div class="scroll tall" tabindex="0" role="region" aria-label=${t.reason_after}><table class="table small-table">
      <thead><tr><th scope="col">${t.conversation}</th><th scope="col">${t.reason_before}</th>
        <th scope="col">${t.reason_after}</th></tr></thead>
      <tbody>${of.data.map((one) => html`<tr key=${one.conversation_id}
          class=${one.before.code === one.after.code ? "" : "differs"}>
        <td class="name"><a href=${`${root}/conversations/${encodeURIComponent(one.conversation_id)}`}>${one.name}</a></td>
        <td>${nameOf(one.before)}</td><td>${nameOf(one.after)}</td></tr>`)}</tbody></table></div>`;
}

export function Own() {
  const kept = draft.find(KEY);
  const [text, setText] = useState(kept?.value ?? "");
  const [resumed, setResumed] = useState(kept ? kept.at : null);
  const [checked, setChecked] = useState(null);
  const [tried, setTried] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(null);
  const [asking, setAsking] = useState(null);
  useEffect(() => {
    if (text) draft.keep(KEY, text);
    else draft.drop(KEY);
    setChecked(null);
    setTried(null);
  }, [text]);
  const during = (name, act) => async () => {
    setBusy(name);
    setProblem(null);
    await act().catch(setProblem);
    setBusy(null);
  };
  const load = (name) => during("load", async () => {
    const answer = await fetch(`${root}/v1/reasons/file?name=${name}`);
    if (!answer.ok) throw new Refused({ ...await answer.json().catch(() => ({})), status: answer.status });
    setText(await answer.text());
    setResumed(null);
  });
  const check = during("check", async () =>
    setChecked(await ask("/v1/reasons/validate", { method: "POST", body: { taxonomy: text } })));
  const trial = during("trial", async () => setTried(await ask("/v1/definitions/reasons/preview",
    { method: "POST", body: { taxonomy: text, newest: TRIED } })));
  const publish = (andUse) => async () => {
    const made = await ask("/v1/definitions/reasons", { method: "POST", body: { taxonomy: text } });
    if (andUse) {
      await putIntoUse(made);
    } else {
      say(fill(t.published, made));
      location.reload();
    }
    draft.drop(KEY);
    return "stay";
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    link.download = `${checked?.name ?? "motifs"}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const raise = () => setText((now) => now.replace(/^version:.*$/m, `version: '${raised(checked.version)}'`));
  const forget = () => {
    setText("");
    setResumed(null);
  };
  const isEmpty = !text.trim();
  return html`<section class="box"><h2>${t.own}</h2><p class="small">${t.own_hint}</p>
    ${resumed && html`<p class="notice" role="status">${fill(t.draft_found, { at: moment(resumed) })}
      <button class="quiet" onClick=${forget}>${t.draft_drop}</button></p>`}
    <div class="row"><span class="small">${t.start_from}</span>${SHIPPED.map((one) => html`
      <button class="quiet" key=${one} onClick=${load(one)}>${t[one]}</button>`)}</div>
    <label class="field">${t.file}<textarea class="code" rows="14" spellcheck="false" value=${text}
      onInput=${(event) => setText(event.currentTarget.value)}></textarea></label>
    <div class="row after"><button disabled=${isEmpty || busy} aria-busy=${busy === "check" ? "true" : undefined}
        onClick=${check}>${t.check}</button>
      <button class="secondary" disabled=${isEmpty || busy} aria-busy=${busy === "trial" ? "true" : undefined}
        onClick=${trial}>${fill(t.preview, { n: TRIED })}</button>
      <button class="secondary" disabled=${isEmpty} onClick=${save}>${t.download}</button></div>
    <${Problem} of=${problem} />
    <div role="status">${checked && html`<${Checked} of=${checked} raise=${raise} />`}</div>
    <div aria-live="polite">${tried && html`<${Tried} of=${tried} />`}</div>
    ${checked?.valid && html`<div class="row after">
      ${given.may_choose && html`<button onClick=${() => setAsking({ andUse: true })}>${t.publish_use}</button>`}
      <button class="secondary" onClick=${() => setAsking({ andUse: false })}>${t.publish}</button>
      ${!given.may_choose && html`<span class="small">${t.only_admin}</span>`}</div>`}
    ${asking && html`<${Sure} title=${asking.andUse ? t.publish_use : t.publish}
      text=${`${fill(t.publish_sure, checked)}${asking.andUse ? ` ${fill(t.use_sure, checked)}` : ""}`}
      yes=${asking.andUse ? t.publish_use : t.publish} act=${publish(asking.andUse)}
      close=${() => setAsking(null)} />`}
  </section>`;
}
