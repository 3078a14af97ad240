// How long what is kept, what goes next, the proofs, and the rights of a person.
import {
  Dialog, Problem, Refused, ask, counted, fill, given, html, lang, moment, mount, number, root, say, t,
  useAsked, useState,
} from "../kit.js";
import { More, Sure, usePages } from "./parts.js";

const labelOf = (code) => {
  const [purpose, content] = code.split(".");
  const rule = given.rules.purposes[purpose];
  return content && rule ? `${rule[lang]} · ${t[content] ?? content}` : t[code] ?? code;
};
const saveAs = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

function Rules() {
  const { version, purposes } = given.rules;
  return html`<section class="box"><h2>${t.rules}</h2>
    <p class="small">${fill(t.rules_version, { version })}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t.rules}><table class="table"><thead><tr><th scope="col">${t.purpose}</th>
      <th scope="col" class="number">${t.audio}</th><th scope="col" class="number">${t.transcript}</th>
      <th scope="col" class="number">${t.scorecard}</th><th scope="col">${t.counted_from}</th>
      <th scope="col">${t.consent}</th></tr></thead>
    <tbody>${Object.entries(purposes).map(([code, one]) => html`<tr key=${code}>
      <td><strong>${one[lang]}</strong> <span class="small">${code}</span></td>
      <td class="number">${number(one.audio_days)}</td><td class="number">${number(one.transcript_days)}</td>
      <td class="number">${number(one.scorecard_days)}</td>
      <td>${one.from === "contract" ? fill(t.from_contract, { n: one.without_contract_days }) : t.from_contact}</td>
      <td>${one.needs_consent ? t.consent_needed : ""}</td></tr>`)}</tbody></table></div>
    <p class="small">${fill(t.others, given.others)}</p></section>`;
}

function Counts({ counts }) {
  const rows = Object.entries(counts).filter(([, n]) => n > 0);
  return rows.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t.what}><table class="table"><thead><tr>
    <th scope="col">${t.what}</th><th scope="col" class="number">${t.how_many}</th></tr></thead>
    <tbody>${rows.map(([code, n]) => html`<tr key=${code}><td>${labelOf(code)}</td>
      <td class="number">${number(n)}</td></tr>`)}</tbody></table></div>`;
}

/** What a receipt says in the reader's language; those of before said it in English alone. */
const inOurs = (one, name) => (lang === "fr" && one[`${name}_fr`]) || one[name] || "";

function Copies({ copies }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.copy_of}><table class="table small-table"><thead><tr><th scope="col">${t.copy_of}</th>
    <th scope="col" class="number">${t.removed}</th><th scope="col" class="number">${t.kept}</th>
    <th scope="col">${t.why}</th></tr></thead>
    <tbody>${copies.map((one) => html`<tr key=${one.where}><td>${inOurs(one, "copy")} <span class="small">${one.where}</span></td>
      <td class="number">${number(one.removed)}</td><td class="number">${number(one.kept)}</td>
      <td>${inOurs(one, "why")} ${(one.items ?? []).join(", ")}</td></tr>`)}</tbody></table></div>`;
}

function Proof({ of: proof, close }) {
  const { receipt } = proof;
  const file = new Blob([JSON.stringify(proof, null, 2)], { type: "application/json" });
  return html`<${Dialog} wide title=${`${proof.kind === "erasure" ? t.receipt : t.proof} ${proof.number}`} close=${close}>
    <p>${moment(proof.at)} · ${t.by} ${proof.requested_by === "schedule" ? t.by_schedule : proof.requested_by}${" · "}
      ${t.conversations} ${number(receipt.conversations?.length ?? 0)}</p>
    ${receipt.counts && html`<${Counts} counts=${receipt.counts} />`}
    ${receipt.copies && html`<${Copies} copies=${receipt.copies} />`}
    <dl class="proof"><dt>${t.hash}</dt><dd><code>${proof.hash}</code></dd>
      <dt>${t.previous}</dt><dd><code>${proof.previous}</code></dd>
      <dt>${t.signature}</dt><dd><code>${proof.signature}</code></dd></dl>
    <button class="secondary" onClick=${() => saveAs(file, `${proof.kind}-${proof.number}.json`)}>${t.download}</button>
  </${Dialog}>`;
}

function Proofs({ list, none, title, open }) {
  return html`<section class="box"><h2>${title}</h2>
    <${Problem} of=${list.problem} again=${list.again} />
    ${list.data?.length === 0 && html`<p class="nothing">${none}</p>`}
    ${list.data?.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${title}><table class="table"><thead><tr>
      <th scope="col" class="number">${t.number}</th><th scope="col">${t.at}</th><th scope="col">${t.by}</th>
      <th scope="col" class="number">${t.conversations}</th><th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${list.data.map((one) => html`<tr key=${one.id}><td class="number">${one.number}</td>
        <td>${moment(one.at)}</td><td>${one.requested_by === "schedule" ? t.by_schedule : one.requested_by}</td>
        <td class="number">${number(one.receipt.conversations?.length ?? 0)}</td>
        <td class="acts"><button class="quiet" aria-label=${fill(t.see_proof, { n: one.number })}
          onClick=${() => open(one)}>${t.see}</button></td></tr>`)}</tbody></table></div>`}
    <${More} list=${list} /></section>`;
}

// "17 3 * * *" is every day at 03:17; other rhythms are shown as they are set.
const scheduled = (cron) => {
  const daily = cron.match(/^(\d+) (\d+) \* \* \*$/);
  const at = daily && `${daily[2].padStart(2, "0")}:${daily[1].padStart(2, "0")}`;
  return daily ? fill(t.daily, { at }) : fill(t.schedule, { cron });
};

function Due({ purged }) {
  const { value, problem, again } = useAsked("/v1/privacy/purges/preview");
  const [sure, setSure] = useState(false);
  const run = async () => {
    await ask("/v1/privacy/purges", { method: "POST" });
    say(t.purged);
    again();
    purged();
  };
  const due = value && Object.values(value.counts).some((n) => n > 0);
  return html`<section class="box"><div class="row apart"><h2>${t.next_purge}</h2>
      ${due && html`<button class="danger" onClick=${() => setSure(true)}>${t.purge_now}</button>`}</div>
    <p class="small">${scheduled(given.rules.schedule)}</p>
    <${Problem} of=${problem} again=${again} />
    ${value && html`<p>${due ? counted("would_go", value.conversations) : t.nothing_due}</p>
      <${Counts} counts=${value.counts} />
      ${value.unknown_purposes.length > 0 && html`<p class="notice">${
        fill(t.unknown_purposes, { names: value.unknown_purposes.join(", ") })}</p>`}`}
    ${sure && html`<${Sure} text=${t.purge_sure} yes=${t.purge_now} act=${run} close=${() => setSure(false)} />`}
  </section>`;
}

function Erase({ wanted, close, done }) {
  const [again, setAgain] = useState("");
  const act = async () => {
    if (again.trim() !== wanted.customer_key) throw new Error(t.erase_differs);
    done(await ask("/v1/privacy/erasures", { method: "POST", body: wanted }));
  };
  return html`<${Sure} title=${t.erase} text=${fill(t.erase_sure, { key: wanted.customer_key })}
    yes=${t.erase_go} act=${act} close=${close}>
    <label class="field">${t.erase_again}<input value=${again}
      onInput=${(event) => setAgain(event.currentTarget.value)} /></label></${Sure}>`;
}

function Rights({ erased }) {
  const [key, setKey] = useState("");
  const [team, setTeam] = useState("");
  const [erasing, setErasing] = useState(false);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const query = team.trim() ? `?team=${encodeURIComponent(team.trim())}` : "";
      const answer = await fetch(`${root}/v1/privacy/subjects/${encodeURIComponent(key.trim())}${query}`);
      if (!answer.ok) throw new Refused({ ...await answer.json().catch(() => ({})), status: answer.status });
      saveAs(await answer.blob(), "personal-data.zip");
      say(t.exported);
    } catch (refused) {
      setProblem(refused);
    }
    setBusy(false);
  };
  const wanted = { customer_key: key.trim(), ...(team.trim() && { team: team.trim() }) };
  return html`<section class="box"><h2>${t.rights}</h2><p class="small">${t.rights_hint}</p>
    <form class="line" onSubmit=${(event) => event.preventDefault()}>
      <label class="field grow">${t.customer_key}<input value=${key} maxlength="128"
        onInput=${(event) => setKey(event.currentTarget.value)} /></label>
      <label class="field">${t.team}<input value=${team} maxlength="64"
        onInput=${(event) => setTeam(event.currentTarget.value)} /></label>
      <button type="button" class="secondary" disabled=${!key.trim() || busy}
        aria-busy=${busy ? "true" : undefined} onClick=${take}>${t.export}</button>
      <button type="button" class="danger" disabled=${!key.trim()} onClick=${() => setErasing(true)}>${t.erase}</button>
    </form><${Problem} of=${problem} />
    ${erasing && html`<${Erase} wanted=${wanted} close=${() => setErasing(false)} done=${erased} />`}</section>`;
}

function Retention() {
  const purges = usePages("/v1/privacy/purges?limit=10", given.purges);
  const erasures = usePages("/v1/privacy/erasures?limit=10", given.erasures);
  const [proof, setProof] = useState(null);
  const [chain, setChain] = useState(null);
  const [problem, setProblem] = useState(null);
  const verify = () => ask("/v1/privacy/removals/verification").then(setChain, setProblem);
  return html`<${Rights} erased=${(receipt) => { erasures.again(); setProof(receipt); }} />
    <${Rules} /><${Due} purged=${purges.again} />
    <${Proofs} list=${purges} none=${t.no_purge} title=${t.purges} open=${setProof} />
    <${Proofs} list=${erasures} none=${t.no_erasure} title=${t.erasures} open=${setProof} />
    <section class="box"><div class="row apart"><h2>${t.proofs}</h2>
      <button class="secondary" onClick=${verify}>${t.verify}</button></div>
      <p class="small">${t.proofs_hint}</p>
      <p role="status">${chain && (chain.broken_at === null ? counted("verified", chain.rows)
        : fill(t.broken, { n: chain.broken_at }))}</p>
      <${Problem} of=${problem} /></section>
    ${proof && html`<${Proof} of=${proof} close=${() => setProof(null)} />`}`;
}

mount(Retention, "admin");
