// The keys: made, shown once, changed for new ones, ended.
import {
  Dialog, Problem, ask, counted, day, fill, given, html, moment, mount, say, t, useOnce,
  useState,
} from "../kit.js";
import { More, Secret, Sure, usePages, useTitle } from "./parts.js";

const ROLES = ["agent", "analyst", "supervisor", "admin", "customer"];
const LIVES = ["never", "30", "90", "365", "on"];
const GRACES = [0, 1, 24, 168];
const DAY_S = 86400;

const stateOf = (one) => (one.revoked_at ? "revoked"
  : one.expires_at && new Date(one.expires_at) <= new Date() ? "expired" : "active");

function New({ close, done }) {
  const [role, setRole] = useState("agent");
  const [life, setLife] = useState("90");
  const [narrow, setNarrow] = useState(false);
  const [problem, setProblem] = useState(null);
  const [made, setMade] = useState(null);
  const [busy, once] = useOnce();
  const make = once(async (event) => {
    const fields = new FormData(event.currentTarget);
    const text = (name) => (fields.get(name) ?? "").trim();
    const body = { name: text("name"), role };
    for (const name of ["team", "agent_key", "customer_key"]) if (text(name)) body[name] = text(name);
    if (text("per_minute")) body.per_minute = Number(text("per_minute"));
    if (narrow) body.scopes = fields.getAll("scopes");
    if (life === "on") body.expires_at = new Date(`${text("day")}T23:59:59`).toISOString();
    else if (life !== "never") body.expires_in_s = Number(life) * DAY_S;
    try {
      setMade(await ask("/v1/keys", { method: "POST", body }));
      done();
    } catch (refused) {
      setProblem(refused);
    }
  });
  if (made)
    return html`<${Dialog} title=${`${t.made} · ${made.name}`} close=${close}>
      <${Secret} label=${t.key} text=${made.key} /></${Dialog}>`;
  return html`<${Dialog} title=${t.new_key} close=${close}><form class="stack" onSubmit=${make}>
    <label class="field">${t.name}<input name="name" required maxlength="100" placeholder=${t.name_hint} /></label>
    <div class="pair"><label class="field">${t.role}<select value=${role}
        onChange=${(event) => setRole(event.currentTarget.value)}>
        ${ROLES.map((one) => html`<option value=${one}>${t[`role_${one}`]}</option>`)}</select></label>
      <label class="field">${t.team}<input name="team" maxlength="64" placeholder=${t.team_hint} /></label></div>
    ${role === "agent" && html`<label class="field">${t.agent_key}<input name="agent_key" maxlength="128" /></label>`}
    ${role === "customer" && html`<label class="field">${t.customer_key}<input name="customer_key" maxlength="128" /></label>`}
    <div class="pair"><label class="field">${t.expires}<select value=${life}
        onChange=${(event) => setLife(event.currentTarget.value)}>
        ${LIVES.map((one) => html`<option value=${one}>${t[`expires_${one}`]}</option>`)}</select></label>
      ${life === "on" ? html`<label class="field">${t.day}<input type="date" name="day" required /></label>`
        : html`<label class="field">${t.per_minute}<input type="number" name="per_minute" min="1" max="1000000" /></label>`}</div>
    <label><input type="checkbox" checked=${narrow} onChange=${() => setNarrow(!narrow)} /> ${t.scopes}</label>
    ${narrow && html`<fieldset class="choices rights"><legend>${t.scopes}</legend>
      ${given.rights[role].map((one) => html`<label key=${one}><input type="checkbox" name="scopes" value=${one} /> ${one}</label>`)}</fieldset>`}
    <${Problem} of=${problem} />
    <div class="row"><button disabled=${busy} aria-busy=${busy}>${t.make}</button></div>
  </form></${Dialog}>`;
}

function Rotate({ one, close, done }) {
  const [hours, setHours] = useState(24);
  const [problem, setProblem] = useState(null);
  const [made, setMade] = useState(null);
  const [busy, once] = useOnce();
  const go = once(async () => {
    try {
      setMade(await ask(`/v1/keys/${one.id}/rotate`, { method: "POST", body: { grace_s: hours * 3600 } }));
      done();
    } catch (refused) {
      setProblem(refused);
    }
  });
  return html`<${Dialog} title=${fill(t.rotate_named, one)} close=${close}>
    ${made ? html`<${Secret} label=${t.key} text=${made.key} />` : html`<p>${t.rotate_text}</p>
      <label class="field">${t.expires}<select value=${hours}
        onChange=${(event) => setHours(Number(event.currentTarget.value))}>
        ${GRACES.map((n) => html`<option value=${n}>${t[`grace_${n}`]}</option>`)}</select></label>
      <${Problem} of=${problem} />
      <p class="row"><button disabled=${busy} aria-busy=${busy} onClick=${go}>${t.rotate}</button>
        <button class="quiet" onClick=${close}>${t.cancel}</button></p>`}</${Dialog}>`;
}

function Row({ one, rotate, revoke }) {
  const state = stateOf(one);
  return html`<tr>
    <td class="name"><strong>${one.name}</strong><br /><span class="small">${one.id} · …${one.hint}</span></td>
    <td>${t[`role_${one.role}`]}${one.agent_key && html`<br /><span class="small">${one.agent_key}</span>`}
      ${one.scopes && html`<br /><span class="small" title=${one.scopes.join(", ")}>${counted("scopes_n", one.scopes.length)}</span>`}</td>
    <td>${one.team ?? t.every_team}</td>
    <td><span class=${`chip ${state === "active" ? "good" : ""}`}>${t[state]}</span></td>
    <td>${one.expires_at ? day(one.expires_at) : t.expires_never}</td>
    <td>${one.last_used_at ? moment(one.last_used_at) : t.never}</td>
    <td class="acts">${state === "active" && html`
      <button class="quiet" aria-label=${fill(t.rotate_named, one)} onClick=${rotate}>${t.rotate}</button>
      <button class="danger" aria-label=${fill(t.revoke_named, one)} onClick=${revoke}>${t.revoke}</button>`}</td></tr>`;
}

function Keys() {
  const [which, setWhich] = useState("true");
  const path = `/v1/keys?limit=50${which && `&active=${which}`}`;
  const list = usePages(path, given.list);
  const [title, goes] = useTitle(list);
  const [shown, setShown] = useState(null);
  const close = () => setShown(null);
  const revoke = (one) => async () => {
    await ask(`/v1/keys/${one.id}`, { method: "DELETE" });
    say(t.revoked_now);
    goes();
    list.again();
  };
  return html`<section class="box">
    <div class="row apart"><h2 ref=${title} tabindex="-1">${t.keys}</h2>
      <button onClick=${() => setShown(html`<${New} close=${close} done=${list.again} />`)}>${t.new_key}</button></div>
    <div class="line"><p class="small grow">${t.keys_hint}</p>
      <label class="field">${t.state}<select value=${which} onChange=${(event) => setWhich(event.currentTarget.value)}>
        <option value="true">${t.only_active}</option><option value="false">${t.only_ended}</option>
        <option value="">${t.all}</option></select></label></div>
    <${Problem} of=${list.problem} again=${list.again} />
    ${list.data?.length === 0 && html`<p class="nothing">${t.empty}</p>`}
    ${list.data?.length > 0 && html`<div class="scroll"><table class="table">
      <thead><tr><th scope="col">${t.name}</th><th scope="col">${t.role}</th><th scope="col">${t.team}</th>
        <th scope="col">${t.state}</th><th scope="col">${t.expires}</th><th scope="col">${t.last_used}</th>
        <th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${list.data.map((one) => html`<${Row} key=${one.id} one=${one}
        rotate=${() => setShown(html`<${Rotate} one=${one} close=${close} done=${list.again} />`)}
        revoke=${() => setShown(html`<${Sure} text=${fill(t.revoke_sure, one)} yes=${t.revoke}
          act=${revoke(one)} close=${close} />`)} />`)}</tbody></table></div>`}
    <${More} list=${list} />${shown}
  </section>`;
}

mount(Keys, "admin");
