// The models: which there are, which are in memory, and what the machine does.
import { Problem, day, fill, given, html, mount, number, t, useAsked } from "../kit.js";

const MB = 1024 * 1024;
const size = (bytes) => fill(t.mb, { n: number(Math.round(bytes / MB)) });

const SHOWN = 4;
const languages = (codes) => (codes.length > SHOWN
  ? html`<span title=${codes.join(", ")}>${fill(t.and_others, {
    some: codes.slice(0, 2).join(", "), n: codes.length - 2 })}</span>` : codes.join(", "));

function Machine({ pool }) {
  const facts = [
    [t.version, given.version], [t.device, pool.device], [t.threads, number(pool.threads)],
    [t.running, number(pool.running)], [t.waiting, number(pool.waiting)],
    [t.process_mb, fill(t.mb, { n: number(Math.round(pool.process_mb)) })],
    [t.cache, `${number(pool.cached_vectors)} (${fill(t.mb, { n: number(pool.cache_mb) })})`],
  ];
  return html`<section class="box"><h2>${t.machine}</h2><dl class="tiles">${facts.map(([name, value]) => html`
    <div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function Row({ one }) {
  return html`<tr><td class="name"><strong>${one.name}</strong>
      ${one.in_use_for.map((use) => html` <span class="chip accent">${t[use] ?? use}</span>`)}</td>
    <td>${t[`task_${one.task}`] ?? one.task}</td><td>${languages(one.languages)}</td><td>${one.licence ?? ""}</td><td>${t[`source_${one.source}`] ?? one.source}</td>
    <td class="number">${size(one.size_bytes)}</td>
    <td>${one.loaded ? html`<span class="chip good">${t.loaded}</span> ${one.memory_mb ? fill(t.mb, { n: number(Math.round(one.memory_mb)) }) : ""}`
      : html`<span class=${`chip ${one.present ? "" : "warn"}`}>${one.present ? t.present : t.absent}</span>`}</td>
    <td>${day(one.verified_at)}</td></tr>`;
}

function Models() {
  const { value, problem, again } = useAsked("/v1/catalogue");
  return html`<${Problem} of=${problem} again=${again} />
    ${!value && !problem && html`<p aria-busy="true">${t.loading}</p>`}
    ${value && (value.pool ? html`<${Machine} pool=${value.pool} />` : html`<p class="notice">${t.no_pool}</p>`)}
    ${value && html`<section class="box"><h2>${t.models}</h2><p class="small">${t.models_hint}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.models}><table class="table"><thead><tr><th scope="col">${t.model}</th><th scope="col">${t.task}</th>
        <th scope="col">${t.languages}</th><th scope="col">${t.licence}</th><th scope="col">${t.source}</th>
        <th scope="col" class="number">${t.size}</th><th scope="col">${t.state}</th><th scope="col">${t.verified_at}</th></tr></thead>
        <tbody>${[...value.data].sort((a, b) => b.in_use_for.length - a.in_use_for.length || b.present - a.present).map(
          (one) => html`<${Row} key=${one.name} one=${one} />`)}</tbody></table></div></section>`}`;
}

mount(Models, "admin");
