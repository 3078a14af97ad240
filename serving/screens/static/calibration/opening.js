// Opening a session: a card, the contacts, the people who score them.
import {
  Dialog, Problem, ask, fill, given, html, lang, moment, root, t, useAsked, useRef, useState,
} from "../kit.js";

const MOST = 50;
const WORTH = [2, 4]; // contacts of a usual session: more than that is not talked over

function Choices({ of, chosen, choose, name, line, empty }) {
  if (!of) return html`<p class="small">${t.loading}</p>`;
  if (!of.length) return html`<p class="small">${empty}</p>`;
  return html`<ul class="choices">${of.map((one) => html`<li key=${one.id}><label>
    <input type="checkbox" name=${name} checked=${chosen.includes(one.id)}
      onChange=${() => choose(chosen.includes(one.id)
        ? chosen.filter((id) => id !== one.id) : [...chosen, one.id])} />
    <span>${line(one)}</span></label></li>`)}</ul>`;
}

export function Opening({ close }) {
  const cards = useAsked("/v1/scorecards");
  const people = useAsked("/v1/reviewers");
  const [words, setWords] = useState("");
  const [sought, setSought] = useState("");
  const query = new URLSearchParams({ status: "done", limit: MOST });
  if (sought) query.set("text", sought);
  const found = useAsked(`/v1/conversations?${query}`);
  const [card, setCard] = useState("");
  const [contacts, setContacts] = useState([]);
  const [raters, setRaters] = useState([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const key = useRef(`open-${crypto.randomUUID()}`);
  const known = (cards.value?.data ?? []).filter((one) => one.in_use || one.published_at);
  const send = async (event) => {
    event.preventDefault();
    const [scorecard, version] = card.split("\n");
    setBusy(true);
    try {
      const made = await ask("/v1/calibrations", {
        method: "POST",
        headers: { "Idempotency-Key": `"${key.current}"` },
        body: { scorecard, version, conversation_ids: contacts, raters },
      });
      location.assign(`${root}/review/calibrations/${encodeURIComponent(made.id)}`);
    } catch (error) {
      key.current = `open-${crypto.randomUUID()}`;
      setProblem(error);
      setBusy(false);
    }
  };
  const look = (event) => {
    event.preventDefault();
    setSought(words.trim());
  };
  const ready = card && contacts.length > 0 && raters.length > 1;
  return html`<${Dialog} title=${t.open} close=${close} wide>
    <p>${fill(t.open_hint, { few: WORTH[0], many: WORTH[1] })}</p>
    <label class="field">${t.card}<select value=${card} onInput=${(e) => setCard(e.currentTarget.value)}>
      <option value="">${t.choose}</option>
      ${known.map((one) => html`<option key=${one.name + one.version}
        value=${`${one.name}\n${one.version}`}>${lang === "en" ? one.label_en : one.label_fr} ${
          one.version}</option>`)}
    </select></label>
    <div class="two">
      <fieldset><legend>${t.contacts} <span class="chip">${contacts.length}</span></legend>
        <form class="row seek" onSubmit=${look}><input type="search" value=${words}
            aria-label=${t.seek} placeholder=${t.seek}
            onInput=${(e) => setWords(e.currentTarget.value)} />
          <button class="secondary">${t.find}</button></form>
        <${Problem} of=${found.problem} again=${found.again} />
        <${Choices} of=${found.value?.data} chosen=${contacts} choose=${setContacts}
          name="contact" empty=${t.no_contacts} line=${(one) => html`<b>${one.name}</b>
            <span class="small">${[t[one.channel] ?? one.channel, moment(one.started_at ?? one.created_at),
              given.reasons[one.reason] ?? one.reason].filter(Boolean).join(" · ")}</span>`} />
      </fieldset>
      <fieldset><legend>${t.raters} <span class="chip">${raters.length}</span></legend>
        <p class="small">${t.raters_hint}</p>
        <${Problem} of=${people.problem} again=${people.again} />
        <${Choices} of=${people.value?.data} chosen=${raters} choose=${setRaters} name="rater"
          empty=${t.no_raters} line=${(one) => html`<b>${one.name}</b>
            <span class="small">${t[`role_${one.role}`]}</span>`} />
      </fieldset>
    </div>
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${!ready || busy} aria-busy=${busy} onClick=${send}>${t.open_now}</button>
      ${!ready && html`<span class="small">${t.open_needs}</span>`}</p>
  </${Dialog}>`;
}
