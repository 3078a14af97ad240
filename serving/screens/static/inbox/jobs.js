// The work behind a conversation: how far it is, why it ended, and another try.
import {
  Dialog, Problem, ask, fill, given, html, moment, say, t, useAsked, useEffect, useState,
} from "../kit.js";
import { Why } from "./why.js";

const LOOK_EVERY_MS = 1000;
const GOING = ["queued", "running"];
const LOST = ["failed", "dead", "cancelled"];
const TONES = { done: "good", failed: "bad", dead: "bad", running: "accent", cancelled: "" };

function Job({ one, changed }) {
  const [problem, setProblem] = useState(null);
  const [sure, setSure] = useState(false);
  const act = async (what) => {
    try {
      await ask(`/v1/jobs/${one.id}/${what}`, { method: "POST" });
      say(t[`${what}_done`]);
      setProblem(null);
      setSure(false);
    } catch (refused) {
      setProblem(refused);
    }
    changed();
  };
  const goes = GOING.includes(one.state);
  return html`<li class="job">
    <div class="row apart"><strong>${t[`job_${one.kind}`] ?? one.kind}</strong>
      <span class=${`chip ${TONES[one.state] ?? ""}`}>${t[`job_is_${one.state}`]}</span></div>
    ${one.stage && html`<p class="small">${fill(t.stage, { stage: t[`stage_${one.stage}`] ?? one.stage })}
      ${one.attempts > 1 ? ` · ${fill(t.attempts, { n: one.attempts })}` : ""}</p>`}
    ${goes && html`<progress value=${one.progress} max="1" aria-label=${t.progress}></progress>`}
    <p class="small">${t.asked_at} ${moment(one.created_at)}
      ${one.started_at ? ` · ${t.began_at} ${moment(one.started_at)}` : ""}
      ${one.finished_at ? ` · ${t.ended_at} ${moment(one.finished_at)}` : ""}
      ${goes && one.not_before ? ` · ${t.next_at} ${moment(one.not_before)}` : ""}</p>
    ${one.error && html`<${Why} of=${one.error} />`}
    <${Problem} of=${problem} />
    ${given.may_manage && goes && !sure && html`<button class="secondary"
      onClick=${() => setSure(true)}>${t.cancel_job}</button>`}
    ${sure && goes && html`<div class="row"><span class="small">${t.cancel_sure}</span>
      <button class="danger" onClick=${() => act("cancel")}>${t.cancel_job_yes}</button>
      <button class="quiet" onClick=${() => setSure(false)}>${t.cancel_job_no}</button></div>`}
    ${given.may_manage && LOST.includes(one.state) && html`<button
      onClick=${() => act("retry")}>${t.retry_job}</button>`}
  </li>`;
}

/** A window with the jobs of a conversation. */
export function Jobs({ of: conversation, close, changed }) {
  const { value, problem, again } = useAsked(`/v1/jobs?conversation_id=${conversation.id}`);
  const goes = value?.data.some((one) => GOING.includes(one.state));
  useEffect(() => {
    if (!goes) return undefined;
    const timer = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [goes]);
  const both = () => {
    again();
    changed();
  };
  return html`<${Dialog} title=${`${t.work_on} ${conversation.name}`} close=${close}>
    <${Problem} of=${problem} again=${again} />
    ${!value && !problem && html`<p aria-busy="true">${t.loading}</p>`}
    ${value && !value.data.length && html`<p class="nothing">${t.no_job}</p>`}
    <ul class="jobs" aria-live="polite">${(value?.data ?? []).map(
      (one) => html`<${Job} key=${one.id} one=${one} changed=${both} />`)}</ul>
  </${Dialog}>`;
}
