// Beside a written contact: the hand-over, a search of the articles, the customer's history.
import { Timeline } from "../timeline.js";
import { Problem, ask, html, root, t, useState } from "../kit.js";
import { Packet } from "./packet.js";

// What goes to customers may only quote what customers may read.
const PUBLIC = { audiences: ["public"], states: ["validated"] };
/** Look for an article by hand, and quote it. */
export function Search({ insert }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const look = async (event) => {
    event.preventDefault();
    const query = event.currentTarget.elements.query.value.trim();
    if (!query) return;
    setBusy(true);
    try {
      const body = { query, k: 4, filters: PUBLIC };
      setFound((await ask("/v1/knowledge/search", { method: "POST", body })).hits);
      setProblem(null);
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="search" onSubmit=${look}>
    <div class="row"><input name="query" maxlength="300" aria-label=${t.w_search}
      placeholder=${t.w_search} /><button disabled=${busy}>${t.w_search_go}</button></div>
    <${Problem} of=${problem} />
    <div role="status">${found && found.length === 0 && html`<p class="small">${
      t.w_search_none}</p>`}</div>
    ${found && found.length > 0 && html`<ul class="hits">${found.map(({ passage }) => {
      const title = [passage.title, passage.heading].filter(Boolean).join(" › ");
      const href = `${location.origin}${root}/chat/articles/${encodeURI(passage.document)}#${
        encodeURIComponent(passage.id)}`;
      const source = { document: passage.document, title, href, quote: passage.text, date: null };
      return html`<li><a href=${href} target="_blank" rel="noopener">${title}</a>
        <p class="words" lang=${passage.language}>${passage.text}</p>
        ${insert && html`<button type="button" class="quiet"
          onClick=${() => insert(passage.text, [source])}>${t.w_quote_it}</button>`}</li>`;
    })}</ul>`}
  </form>`;
}

// Whoever takes a contact may see more of the history: `mine` asks for it again.
export function Side({ packet, use, insert, customer, except, mine }) {
  return html`<div class="side">
    ${packet !== undefined && html`<section class="box" aria-label=${t.w_packet}>
      <h2>${t.w_packet}</h2><${Packet} of=${packet} use=${use} /></section>`}
    <section class="box" aria-label=${t.w_search}><h2>${t.w_search}</h2>
      <${Search} insert=${insert} /></section>
    <section class="box" aria-label=${t.tl_title}><h2>${t.tl_title}</h2>
      <${Timeline} key=${mine} customerKey=${customer} except=${except} /></section>
  </div>`;
}
