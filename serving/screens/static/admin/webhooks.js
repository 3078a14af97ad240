// The webhooks: made, tried, stopped, and what each was told.
import {
  Dialog, Problem, ask, fill, given, html, moment, mount, number, say, t, useOnce, useState,
} from "../kit.js";
import { More, Secret, Sure, usePages, useTitle } from "./parts.js";

const TONES = { delivered: "good", failed: "bad", pending: "accent", disabled: "" };
const event = (kind) => t[`e_${kind}`] ?? kind;

function New({ close, done }) {
  const [problem, setProblem] = useState(null);
  const [made, setMade] = useState(null);
  const [busy, once] = useOnce();
  const make = once(async (submitted) => {
    const fields = new FormData(submitted.currentTarget);
    try {
      setMade(await ask("/v1/webhooks", {
        method: "POST", body: { url: fields.get("url").trim(), kinds: fields.getAll("kinds") } }));
      done();
    } catch (refused) {
      setProblem(refused);
    }
  });
  if (made)
    return html`<${Dialog} title=${t.made} close=${close}>
      <${Secret} label=${t.secret} text=${made.secret} /></${Dialog}>`;
  return html`<${Dialog} title=${t.new_webhook} close=${close}><form class="stack" onSubmit=${make}>
    <label class="field">${t.url}<input name="url" type="url" required placeholder="https://" maxlength="2000" /></label>
    <fieldset class="choices"><legend>${t.kinds}</legend>${given.kinds.map((one) => html`<label key=${one}>
      <input type="checkbox" name="kinds" value=${one} /> ${event(one)}</label>`)}
      <p class="small">${t.kinds_hint}</p></fieldset>
    <${Problem} of=${problem} />
    <div class="row"><button disabled=${busy} aria-busy=${busy}>${t.make}</button></div></form></${Dialog}>`;
}

function Renew({ one, close }) {
  const [secret, setSecret] = useState(null);
  const act = async () => {
    setSecret((await ask(`/v1/webhooks/${one.id}/secret`, { method: "POST" })).secret);
    return "stay";
  };
  return secret ? html`<${Dialog} title=${t.renew} close=${close}><${Secret} label=${t.secret} text=${secret} /></${Dialog}>`
    : html`<${Sure} title=${t.renew} text=${fill(t.renew_sure, one)} yes=${t.renew} act=${act} close=${close} />`;
}

function Deliveries({ of: one, close }) {
  const list = usePages(`/v1/webhooks/${one.id}/deliveries?limit=20`, null);
  return html`<${Dialog} wide title=${fill(t.deliveries_of, one)} close=${close}>
    <${Problem} of=${list.problem} again=${list.again} />
    ${list.data?.length === 0 && html`<p class="nothing">${t.no_delivery}</p>`}
    ${list.data?.length > 0 && html`<div class="scroll"><table class="table"><thead><tr><th scope="col">${t.at}</th>
      <th scope="col">${t.event}</th><th scope="col">${t.state}</th><th scope="col" class="number">${t.attempts}</th>
      <th scope="col">${t.answer}</th></tr></thead>
      <tbody>${list.data.map((sent) => html`<tr key=${sent.id}><td>${moment(sent.created_at)}</td><td>${event(sent.kind)}</td>
        <td><span class=${`chip ${TONES[sent.state]}`}>${t[`d_${sent.state}`]}</span></td>
        <td class="number">${number(sent.attempts)}</td>
        <td>${sent.last_status ?? (sent.last_error ? t[`w_${sent.last_error}`] ?? sent.last_error : "")}
          ${sent.next_attempt_at ? ` · ${fill(t.next_at, { at: moment(sent.next_attempt_at) })}` : ""}</td></tr>`)}</tbody></table></div>`}
    <${More} list=${list} /></${Dialog}>`;
}

function Row({ one, again, goes, show, close }) {
  const [busy, once] = useOnce();
  const [problem, setProblem] = useState(null);
  const act = (what) => once(async () => {
    try {
      await what();
      setProblem(null);
    } catch (refused) {
      setProblem(refused);
    }
  });
  const test = act(async () => {
    const sent = await ask(`/v1/webhooks/${one.id}/test`, { method: "POST" });
    if (sent.state === "delivered") say(fill(t.tested, { n: sent.last_status }));
    else say(fill(t.not_delivered, { why: t[`w_${sent.last_error}`] ?? sent.last_status ?? sent.state }));
  });
  const turn = act(async () => {
    await ask(`/v1/webhooks/${one.id}`, { method: "PATCH", body: { enabled: !one.enabled } });
    again();
  });
  const remove = async () => {
    await ask(`/v1/webhooks/${one.id}`, { method: "DELETE" });
    goes();
    again();
  };
  return html`<tr><td class="name words">${one.url}<br /><span class="small">${
      one.kinds.length ? one.kinds.map(event).join(", ") : t.kinds_all}</span><${Problem} of=${problem} /></td>
    <td><span class=${`chip ${one.enabled ? "good" : "warn"}`}>${
      one.enabled ? t.enabled : t[`off_${one.disabled_reason}`] ?? t.off_asked}</span></td>
    <td class="acts">
      <button class="secondary" disabled=${busy} aria-label=${fill(t.test_named, one)} onClick=${test}>${t.test}</button>
      <button class="quiet" aria-label=${fill(t.deliveries_of, one)}
        onClick=${() => show(html`<${Deliveries} of=${one} close=${close} />`)}>${t.deliveries}</button>
      <button class="quiet" disabled=${busy} onClick=${turn}>${one.enabled ? t.disable : t.enable}</button>
      <button class="quiet" onClick=${() => show(html`<${Renew} one=${one} close=${close} />`)}>${t.renew}</button>
      <button class="danger" onClick=${() => show(html`<${Sure} text=${fill(t.delete_sure, one)} yes=${t.delete}
        act=${remove} close=${close} />`)}>${t.delete}</button></td></tr>`;
}

function Webhooks() {
  const list = usePages("/v1/webhooks?limit=50", given.list);
  const [title, goes] = useTitle(list);
  const [shown, setShown] = useState(null);
  const close = () => setShown(null);
  return html`<section class="box"><div class="row apart"><h2 ref=${title} tabindex="-1">${t.webhooks}</h2>
      <button onClick=${() => setShown(html`<${New} close=${close} done=${list.again} />`)}>${t.new_webhook}</button></div>
    <p class="small">${t.webhooks_hint}</p><${Problem} of=${list.problem} again=${list.again} />
    ${list.data.length === 0 ? html`<p class="nothing">${t.empty}</p>` : html`<div class="scroll"><table class="table">
      <thead><tr><th scope="col">${t.url}</th><th scope="col">${t.state}</th>
        <th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${list.data.map((one) => html`<${Row} key=${one.id} one=${one} again=${list.again}
        goes=${goes} show=${setShown} close=${close} />`)}</tbody></table></div>`}
    <${More} list=${list} />${shown}</section>`;
}

mount(Webhooks, "admin");
