// Recording what people do in a review: one event after the other, each on what was seen before.
import { ask, given, Refused, useCallback, useRef, useState } from "../kit.js";

const { card, stored } = given;
const path = `/v1/evaluations/${stored.id}`;
const OVERTAKEN = 412;
const SAME_AS_MACHINE = 409;

const post = (event, id, seen) => ask(`${path}/events`, {
  method: "POST",
  body: { event, id, scorecard: card.name, version: card.version, expected_events: seen },
});

async function readAgain() {
  const found = await ask(path);
  return found.data.find(
    (one) => one.automatic.scorecard === card.name && one.automatic.version === card.version,
  )?.review ?? null;
}

/**
 * Keep a review: {review, problem, overtaken, busy, record, clear}.
 *
 * record(event) resolves to true once it is recorded. Where somebody else wrote meanwhile the
 * review is read again and `overtaken` says so; what was typed stays with whoever typed it.
 */
export function useReview() {
  const [held, setHeld] = useState({ review: given.review, problem: null, overtaken: false, busy: false });
  const seen = useRef(given.review?.events ?? 0);
  const waiting = useRef(Promise.resolve());
  const unsent = useRef(null);
  const last = useRef(null);

  const took = (review) => {
    seen.current = review?.events ?? 0;
    setHeld({ review, problem: null, overtaken: false, busy: false });
    return true;
  };
  const send = async (event) => {
    setHeld((now) => ({ ...now, problem: null, busy: true }));
    const same = JSON.stringify(event);
    // After a cut the same event goes under the same id, and counts once.
    if (unsent.current?.same !== same) unsent.current = { same, id: crypto.randomUUID() };
    try {
      const answer = await post(event, unsent.current.id, seen.current);
      unsent.current = null;
      return took(answer.review);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status } = error.problem;
      if (status === SAME_AS_MACHINE && event.kind === "corrected" && /confirm it/.test(error.problem.remedy ?? ""))
        return send({ kind: "confirmed", item: event.item });
      if (status === OVERTAKEN) {
        unsent.current = null;
        const review = await readAgain().catch(() => null);
        if (review) seen.current = review.events;
        setHeld((now) => ({ review: review ?? now.review, problem: null, overtaken: true, busy: false }));
        return false;
      }
      setHeld((now) => ({ ...now, problem: error, busy: false }));
      return false;
    }
  };
  const record = useCallback((event) => {
    const same = JSON.stringify(event);
    if (last.current?.same === same) return last.current.done; // pressed twice: said once
    const done = waiting.current.then(() => send(event));
    const mine = { same, done };
    last.current = mine;
    waiting.current = done.catch(() => false).then((is) => {
      if (last.current === mine) last.current = null;
      return is;
    });
    return done;
  }, []);
  const clear = useCallback(() => setHeld((now) => ({ ...now, problem: null, overtaken: false })), []);
  return { ...held, record, clear };
}

/** The name under which something that is typed in this review is kept until it is recorded. */
export const typedAt = (place) => `review ${stored.id} ${card.name} ${place}`;

/** What people answered to a question last; null where nobody did. */
export const decisionOn = (review, item) =>
  review?.state.items.find((one) => one.opened.id === item)?.decisions.at(-1) ?? null;

/** Everything people answered to a question, oldest first. */
export const decisionsOn = (review, item) =>
  review?.state.items.find((one) => one.opened.id === item)?.decisions ?? [];

export const itemOf = (review, item) =>
  review?.state.items.find((one) => one.opened.id === item) ?? null;

/**
 * The event that takes the last correction of a person back: {event}, or {none: why} where the log
 * has nothing to go back to.
 */
export function undoOf(review, me, reason) {
  const mine = (review?.state.items ?? []).flatMap((one) =>
    one.decisions.filter((decision) => decision.author === me)
      .map((decision) => ({ item: one, decision })));
  mine.sort((a, b) => review.state.events.indexOf(a.decision.event)
    - review.state.events.indexOf(b.decision.event));
  const last = mine.at(-1);
  if (!last || last.decision.event !== last.item.decisions.at(-1).event) return { none: "undo_none" };
  const before = last.item.decisions.at(-2)?.answer ?? last.item.opened.answer;
  const item = last.item.opened.id;
  if (before === last.decision.answer || before === null) return { none: "undo_confirmed" };
  return { event: before === last.item.opened.answer
    ? { kind: "confirmed", item }
    : { kind: "corrected", item, answer: before, reason } };
}
