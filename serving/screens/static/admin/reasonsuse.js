// The reasons in use, and the versions that were published: put into use, or given back.
import { fill, given, html, moment, t, useState } from "../kit.js";
import { choose, sinceOf, who } from "./choosing.js";
import { Sure } from "./parts.js";

const NONE = { name: null, version: null };
// Joined ones are named telecom+banque: in words, and a version that all have said once.
const inWords = ({ name, version }) => ({
  name: name.split("+").map((one) => t[one] ?? one).join(" + "),
  version: [...new Set(version.split("+"))].join(" + "),
});

/** Choose, then show the page as it is with the other reasons. */
export const putIntoUse = async (version) => {
  await choose(given.in_use, "reasons", version);
  location.reload();
  return "stay";
};

export function InUse() {
  const [back, setBack] = useState(false);
  const now = given.in_use.reasons;
  const usual = inWords({ name: now.default_name, version: now.default_version });
  return html`<section class="box"><div class="row apart"><h2>${t.in_use_title}</h2>
      ${now.origin === "published" && given.may_choose && html`<button class="secondary"
        onClick=${() => setBack(true)}>${fill(t.back_default, usual)}</button>`}</div>
    <p class="in-use"><strong>${fill(t.in_use_line, inWords(now))}</strong>
      <span class=${`chip ${now.origin === "published" ? "good" : ""}`}>${t[`origin_${now.origin}`]}</span>
      <span class="small">${sinceOf(now.use)}</span></p>
    <p class="small">${t.follows}</p>
    ${now.default_is_trained && html`<p class="notice">${t.trained_lost}</p>`}
    ${back && html`<${Sure} title=${fill(t.back_default, usual)} text=${fill(t.back_sure, usual)}
      yes=${fill(t.back_default, usual)} act=${() => putIntoUse(NONE)} close=${() => setBack(false)} />`}
  </section>`;
}

export function Versions() {
  const [asked, setAsked] = useState(null);
  const now = given.in_use.reasons;
  const published = given.in_use.published_reasons;
  if (!published.length) return null;
  return html`<section class="box"><h2>${t.versions}</h2>
    ${!given.may_choose && html`<p class="small">${t.only_admin}</p>`}
    <div class="scroll"><table class="table">
      <thead><tr><th scope="col">${t.name}</th><th scope="col">${t.version}</th><th scope="col">${t.published_at}</th>
        <th scope="col">${t.by}</th><th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${published.map((one) => html`<tr key=${`${one.name} ${one.version}`}>
        <td class="name">${one.name}</td><td>${one.version}</td><td>${moment(one.published_at)}</td>
        <td>${who(one.published_by)}</td>
        <td class="acts">${now.sha256 === one.sha256 ? html`<span class="chip good">${t.used_now}</span>`
          : given.may_choose && html`<button class="secondary" aria-label=${fill(t.use_named, one)}
            onClick=${() => setAsked(one)}>${t.use}</button>`}</td></tr>`)}</tbody></table></div>
    ${asked && html`<${Sure} title=${t.use} text=${fill(t.use_sure, asked)} yes=${t.use}
      act=${() => putIntoUse(asked)} close=${() => setAsked(null)} />`}
  </section>`;
}
