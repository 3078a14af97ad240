// The audit log: filtered, read, verified.
import { Problem, ask, counted, fill, given, html, moment, mount, t, useState } from "../kit.js";
import { More, address, usePages } from "./parts.js";

const NAMES = ["action", "principal_id", "object_kind", "object_id"];

// A day of the reader's clock; the last one is included.
const instant = (text, after) => {
  const [year, month, date] = text.split("-").map(Number);
  return new Date(year, month - 1, date + after).toISOString();
};

function pathOf(wanted) {
  const query = new URLSearchParams({ limit: 50 });
  for (const name of NAMES) if (wanted[name]) query.set(name, wanted[name]);
  if (wanted.since) query.set("since", instant(wanted.since, 0));
  if (wanted.until) query.set("until", instant(wanted.until, 1));
  return `/v1/audit?${query}`;
}

function Filter({ wanted, apply }) {
  const typed = (name, label, more = {}) => html`<label class="field">${label}
    <input name=${name} value=${wanted[name] ?? ""} maxlength="200" ...${more} /></label>`;
  const submitted = (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    apply(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()])));
  };
  return html`<form class="line audit" onSubmit=${submitted}>
    ${typed("action", t.action, { maxlength: 64, placeholder: t.action_hint })}
    ${typed("principal_id", t.who)} ${typed("object_kind", t.object_kind)} ${typed("object_id", t.object_id)}
    ${typed("since", t.since, { type: "date" })} ${typed("until", t.until, { type: "date" })}
    <button>${t.filter}</button>
    <button type="button" class="quiet" onClick=${() => apply({})}>${t.clear}</button></form>`;
}

function Lines({ list }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.audit}><table class="table small-table log-table"><thead><tr>
    <th scope="col" class="number">${t.number}</th><th scope="col">${t.at}</th><th scope="col">${t.who}</th>
    <th scope="col">${t.action}</th><th scope="col">${t.object}</th><th scope="col">${t.detail}</th></tr></thead>
    <tbody>${list.data.map((one) => html`<tr key=${one.number}><td class="number">${one.number}</td>
      <td>${moment(one.at)}</td><td>${one.principal_id ?? t.nobody}
        ${one.role && html`<br /><span class="small">${t[`role_${one.role}`] ?? one.role}</span>`}</td>
      <td><code>${one.action}</code></td><td class="words">${one.object_kind} <span class="small">${one.object_id}</span></td>
      <td class="words small">${one.detail ? JSON.stringify(one.detail) : ""}</td></tr>`)}</tbody></table></div>`;
}

function Log({ wanted }) {
  const path = pathOf(wanted);
  const list = usePages(path, Object.keys(wanted).length ? null : given.list);
  return html`<${Problem} of=${list.problem} again=${list.again} />
    ${list.data?.length === 0 && html`<p class="nothing">${t.empty}</p>`}
    ${list.data?.length > 0 && html`<${Lines} list=${list} />`}<${More} list=${list} />`;
}

function Audit() {
  const first = Object.fromEntries([...new URLSearchParams(location.search)].filter(
    ([name]) => [...NAMES, "since", "until"].includes(name)));
  const [wanted, setWanted] = useState(first);
  const [chain, setChain] = useState(null);
  const [problem, setProblem] = useState(null);
  const apply = (values) => {
    const next = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    setWanted(next);
    address(Object.fromEntries([...NAMES, "since", "until"].map((name) => [name, next[name] ?? null])));
  };
  const verify = () => ask("/v1/audit/verification").then(setChain, setProblem);
  return html`<section class="box"><div class="row apart"><h2>${t.audit}</h2>
      <button class="secondary" onClick=${verify}>${t.verify}</button></div>
    <p class="small">${t.audit_hint}</p>
    <div role="status">${chain && html`<div class=${chain.broken_at === null ? "notice fine" : "notice"}>
      <p>${chain.broken_at === null ? counted("verified", chain.lines) : fill(t.broken, { n: chain.broken_at })}</p>
      <p class="small">${t.head} <code>${chain.head}</code><br />${t.head_hint}</p></div>`}</div>
    <${Problem} of=${problem} />
    <${Filter} key=${JSON.stringify(wanted)} wanted=${wanted} apply=${apply} />
    <${Log} key=${JSON.stringify(wanted)} wanted=${wanted} /></section>`;
}

mount(Audit, "admin");
