// The contact reasons as they are used, a sentence to try, and a centre's own reasons.
import {
  Problem, ask, fill, given, html, lang, mount, number, percent, root, t, useState,
} from "../kit.js";
import { Own } from "./reasonsown.js";
import { InUse, Versions } from "./reasonsuse.js";

const textOf = (both) => (both ? both[lang] ?? both.fr ?? both.en ?? "" : "");
const { taxonomy, counts } = given;
const all = taxonomy.reasons.flatMap((one) => [one, ...(one.subreasons ?? [])]);
const labels = Object.fromEntries(all.map((one) => [one.code, textOf(one.label)]));
const below = (code) => Object.entries(counts).reduce(
  (sum, [one, n]) => sum + (one === code || one.startsWith(`${code}.`) ? n : 0), 0);
const since = () => {
  const at = new Date(Date.now() - given.days * 86400e3);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
};

function Count({ code, name }) {
  const n = below(code);
  return n ? html`<a href=${`${root}/inbox?reason=${encodeURIComponent(code)}&from=${since()}`}
    aria-label=${fill(t.see_conversations, { n, name })}>${number(n)}</a>`
    : html`<span class="small">0</span>`;
}

function Row({ one, level }) {
  const name = textOf(one.label);
  const [open, setOpen] = useState(false);
  const examples = one.examples?.[lang] ?? one.examples?.fr ?? [];
  return html`<tr><td class=${`name level-${level}`}>
      <details class="plain" onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${level === 1 ? html`<strong>${name}</strong>` : name}</summary>
        ${open && html`<p class="small">${textOf(one.definition)}</p>
        <ul class="small">${examples.slice(0, 6).map((said) => html`<li>${said}</li>`)}</ul>`}</details></td>
    <td><code>${one.code}</code></td>
    <td class="number"><${Count} code=${one.code} name=${name} /></td></tr>`;
}

function Used() {
  const [q, setQ] = useState("");
  const fits = (one) => `${textOf(one.label)} ${one.code}`.toLowerCase().includes(q.toLowerCase());
  const rows = taxonomy.reasons.flatMap((one) => {
    const subs = (one.subreasons ?? []).filter((sub) => fits(one) || fits(sub));
    return fits(one) || subs.length ? [[one, 1], ...subs.map((sub) => [sub, 2])] : [];
  });
  const strange = Object.keys(counts).filter((code) => !labels[code]);
  return html`<section class="box"><h2>${t.reasons}</h2>
    <p class="small">${fill(t.counted, { n: given.days })}</p>
    <div class="line"><label class="field grow">${t.search}<input value=${q}
      onInput=${(event) => setQ(event.currentTarget.value)} /></label></div>
    <div class="scroll tall" tabindex="0" role="region" aria-label=${t.reasons}><table class="table">
      <thead><tr><th scope="col">${t.reason}</th><th scope="col">${t.code}</th>
        <th scope="col" class="number">${t.conversations}</th></tr></thead>
      <tbody>${rows.map(([one, level]) => html`<${Row} key=${one.code} one=${one} level=${level} />`)}
        ${strange.map((code) => html`<tr key=${code}><td class="small">${t.unknown}</td><td><code>${code}</code></td>
          <td class="number"><${Count} code=${code} name=${code} /></td></tr>`)}</tbody></table></div></section>`;
}

function Try() {
  const [text, setText] = useState("");
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const go = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    await ask("/v1/reasons/classify", { method: "POST", body: { text } }).then(setFound, setProblem);
    setBusy(false);
  };
  const primary = found?.reasons.primary;
  return html`<section class="box"><h2>${t.try}</h2><p class="small">${t.try_hint}</p>
    <form class="line" onSubmit=${go}><label class="field grow">${t.message}<input value=${text} required maxlength="2000"
        onInput=${(event) => setText(event.currentTarget.value)} /></label>
      <button disabled=${busy || !text.trim()} aria-busy=${busy ? "true" : undefined}>${t.try_go}</button></form>
    <${Problem} of=${problem} />
    <div aria-live="polite">${found && html`
      <p>${primary ? html`${t.primary} <strong>${labels[primary.code] ?? primary.code}</strong>` : t.no_primary}</p>
      ${found.reasons.candidates.length > 0 && html`<p class="small">${t.candidates}</p>
        <ul class="likely">${found.reasons.candidates.slice(0, 5).map((one) => html`<li key=${one.code}>
          <span>${labels[one.code] ?? one.code}</span><meter min="0" max="1" value=${one.probability}></meter>
          <span class="number">${percent(one.probability)}</span></li>`)}</ul>`}`}</div></section>`;
}

const Reasons = () => html`<${InUse} /><${Used} /><${Try} /><${Versions} /><${Own} />`;

mount(Reasons, "admin");
