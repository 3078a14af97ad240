// The end of a review: what it comes to, finishing, sharing, and the next one.
import {
  ask, catchFocus, counted, Dialog, fill, given, html, moment, number, root, say, t, useEffect, useRef,
  useState,
} from "../kit.js";
import { isPrefilled, QUESTIONS } from "./answers.js";
import { decisionOn } from "./record.js";

const { stored } = given;
const ASKED = QUESTIONS.filter((one) => one.points > 0);

/** Which questions are still to be answered, and which of them stand pre-filled. */
export function leftOf(review) {
  const left = ASKED.filter((one) => decisionOn(review, one.id) === null);
  return {
    prefilled: left.filter((one) => isPrefilled(one.id)),
    open: left.filter((one) => !isPrefilled(one.id)),
  };
}

/** Go to the next review that is to be done, or back to the queue. */
export async function goNext() {
  const found = await ask("/v1/reviews?whose=mine&state=open&limit=50").catch(() => null);
  const next = found?.data.find((one) => one.conversation_id !== stored.id);
  if (!next) {
    say(t.next_none);
    return;
  }
  const card = next.scorecard ? `?scorecard=${encodeURIComponent(next.scorecard)}` : "";
  location.assign(`${root}/review/${next.conversation_id}${card}`);
}

/** Say how many questions are still open: "3 questions are still to be answered." */
export const saidOfOpen = (n) => counted("to_answer", n);

/** Show the score, and what comes next; `toOpen` leads to the first question that is open. */
export function Foot({ review, finish, share, toOpen, desk }) {
  const [asks, setAsks] = useState(false);
  const [acted, setActed] = useState(0);
  const row = useRef(null);
  useEffect(() => {
    if (acted) catchFocus(row.current.querySelector("button:not(:disabled)"));
  }, [acted]);
  const after = (act) => async () => {
    setAsks(false);
    await act();
    setActed((n) => n + 1);
  };
  const { prefilled, open } = leftOf(review);
  const done = ASKED.length - prefilled.length - open.length;
  const shown = review?.displayed ?? { score_100: given.draft?.score_100 ?? null, draft: true };
  const sharing = review?.state.sharings.at(-1) ?? null;
  const again = sharing && review.state.changed_since_shared;
  return html`<footer class="foot">
    <p class="score"><b>${shown.score_100 === null ? "–" : number(shown.score_100)}</b><span class="small"> / 100</span>
      <span class=${`chip ${shown.draft ? "warn" : "good"}`}>${shown.draft ? t.score_draft : t.score_human}</span>
      <progress max=${ASKED.length} value=${done} aria-label=${fill(t.score_part, { n: done, all: ASKED.length })}></progress>
      <span class="small" aria-hidden="true">${fill(t.score_short, { n: done, all: ASKED.length })}</span></p>
    ${!review?.is_complete && open.length > 0 && html`<p class="small" id="open-left">
      <span class="todo" aria-hidden="true">●</span> ${saidOfOpen(open.length)}${" "}
      <button class="quiet" onClick=${toOpen}>${t.to_first} <kbd aria-hidden="true">f</kbd></button></p>`}
    ${review?.is_complete && !stored.agent_key
      && html`<p class="small" id="no-agent">${t.share_no_agent}</p>`}
    <div class="row" ref=${row}>
      ${!review?.is_complete
        ? html`<button class="act" disabled=${desk.busy || open.length > 0} onClick=${after(finish)}
            aria-describedby=${open.length ? "open-left" : undefined}>${
            prefilled.length === 0 ? t.finish : prefilled.length === 1 ? t.finish_confirms_one
            : fill(t.finish_confirms, { n: prefilled.length })}</button>`
        : sharing && !again
          ? html`<span class="chip good">${fill(t.shared_at, { at: moment(sharing.at) })}</span>`
          : html`<button class="act" disabled=${desk.busy || !stored.agent_key}
              aria-describedby=${stored.agent_key ? undefined : "no-agent"}
              onClick=${() => setAsks(true)}>${again ? t.share_again : t.share}</button>`}
      <button class="quiet" onClick=${goNext}>${t.next} →</button>
    </div>
    ${asks && html`<${Dialog} title=${t.share} close=${() => setAsks(false)}>
      <p>${t.share_ask}</p>
      <div class="row"><button autofocus onClick=${after(share)}>${t.share}</button></div></${Dialog}>`}
  </footer>`;
}
