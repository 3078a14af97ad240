// The conversations behind a figure, one by one, and the list of them.
import { counted, Dialog, fill, given, html, moment, t } from "../kit.js";
import { conversation, inboxOf, queryOf } from "./address.js";
import { count, Scroll, usePart, Waiting } from "./pieces.js";

export function Behind({ figure, filters }) {
  const asked = usePart(`/v1/board/behind${queryOf({ ...filters, figure })}`);
  const found = asked.value;
  if (!found) return html`<${Waiting} asked=${asked} />`;
  const shown = found.conversations;
  // Where it counts none, the list holds all that it was computed from.
  const isPart = found.counts && found.counted > 0;
  const listed = shown.filter((one) => !isPart || one.counted).map((one) => one.id);
  const all = isPart ? found.counted : found.computed_from;
  return html`<div class="behind">
    <div class="row apart">
      <h3>${found.counts
        ? counted("counted_of", found.counted, { all: count(found.computed_from) })
        : `${t.conversations}${t.colon} ${count(found.computed_from)}`}</h3>
      ${listed.length > 0 && html`<a href=${inboxOf(listed)}>${listed.length < all
        ? fill(t.open_first, { n: count(listed.length), all: count(all) }) : t.open_inbox}</a>`}
    </div>
    <${Scroll} what=${t.conversations} tall>
    <table class="table">
      <thead><tr><th scope="col">${t.name}</th><th scope="col">${t.at}</th>
        <th scope="col">${t.channel}</th><th scope="col">${t.reason}</th></tr></thead>
      <tbody>${shown.map((one) => html`<tr key=${one.id}>
        <td><a href=${conversation(one.id)}>${one.name}</a>
          ${found.counts && one.counted && html` <span class="chip accent">${
            t.counted_here}</span>`}</td>
        <td>${moment(one.started_at)}</td><td>${t[one.channel] ?? one.channel ?? ""}</td>
        <td>${given.labels[one.reason] ?? one.reason ?? ""}</td></tr>`)}</tbody>
    </table><//>
    ${found.computed_from > shown.length && html`<p class="small">${
      fill(t.first_of, { shown: count(shown.length), n: count(found.computed_from) })}</p>`}
  </div>`;
}

export const BehindDialog = ({ figure, what, filters, close }) =>
  html`<${Dialog} title=${fill(t.behind, { what })} close=${close} wide>
    <${Behind} figure=${figure} filters=${filters} /><//>`;
