// What the bot handed over of a customer who is on the phone now.
import { ask, html, moment, say, t, useEffect, useState } from "../kit.js";
import { Beginning, Brief, Collected } from "./packet.js";

/** The hour alone where it is today's. */
const when = (at) => (new Date(at).toDateString() === new Date().toDateString()
  ? moment(at).split(/[\s,]+/).pop() : moment(at));

/** Ask once for each customer of a call; null where the bot handed nothing over. */
export function useHanded(customer, conversation) {
  const [handed, setHanded] = useState(null);
  useEffect(() => {
    setHanded(null);
    if (!customer || !conversation) return undefined;
    const stop = new AbortController();
    ask(`/v1/customers/${encodeURIComponent(customer)}/hand-over`, { signal: stop.signal }).then(
      ({ hand_over }) => {
        setHanded(hand_over);
        if (hand_over) say(t.handed_here);
      },
      () => {}, // the call goes on without it; the timeline still names the contact
    );
    return () => stop.abort();
  }, [customer, conversation]);
  return handed;
}

/** Beside the call; `open` shows the conversation itself, where it can still be answered. */
export function Handed({ of, open }) {
  const { packet } = of;
  return html`<section class="box handed" aria-labelledby="handed-title">
    <div class="row apart"><h2 id="handed-title">${t.handed}</h2>
      <span class="small"><time datetime=${of.at}>${when(of.at)}</time></span></div>
    <div class="packet">
      ${of.whereabouts !== "over" && html`<p class="notice">${t[`handed_${of.whereabouts}`]}
        ${open && of.whereabouts === "waiting" && html` <button class="quiet"
          onClick=${() => open(of.session)}>${t.handed_open}</button>`}</p>`}
      <${Brief} of=${packet} />
      <details open><summary>${t.handed_more}</summary>
        <${Beginning} of=${packet} /><${Collected} of=${packet} /></details>
    </div>
  </section>`;
}
