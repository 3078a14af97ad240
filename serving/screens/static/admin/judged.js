// What agents did with the cards of an article, so that one that does not help is found.
import { ask, fill, html, number, t, useEffect, useState } from "../kit.js";

const MOST = 500;

/** Counts of each article by its path; none of those whose cards nobody saw. */
export function useJudged() {
  const [judged, setJudged] = useState({});
  useEffect(() => {
    ask(`/v1/assist/judgements?limit=${MOST}`).then(
      ({ data }) => setJudged(Object.fromEntries(data.map((one) => [one.document, one]))),
      () => {}, // the articles are there without it
    );
  }, []);
  return judged;
}

export const refusedBy = (one) => one?.refused ?? 0;

/** How many were refused of how many. */
export const Refused = ({ of }) => of
  && html`<span class=${refusedBy(of) * 2 > of.shown ? "chip warn" : ""}>${
    fill(t.refused_of, { n: number(refusedBy(of)), all: number(of.shown) })}</span>`;

/** All of it, above an article. */
export const Judged = ({ of }) => of && html`<p class="small">${
  fill(t.judged, Object.fromEntries(["shown", "used", "up", "down", "dismissed"].map(
    (name) => [name, number(of[name])])))}</p>`;
