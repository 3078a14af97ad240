// A scorecard is edited as a form or as YAML; both are checked place by place, and nothing is lost.
import {
  Problem, ask, counted, fill, html, moment, number, say, t, useEffect, useRef, useState,
} from "../kit.js";
import { CardTrial } from "./cardtrial.js";
import { Field, TextInput, Wrong } from "./fields.js";
import { Sure, draft } from "./parts.js";
import { Question } from "./question.js";

const CHECK_AFTER_MS = 700;
const CHANNELS = ["phone", "email", "chat", "sms", "social", "letter", "voicebot"];

const points = (card) => (card.sections ?? []).flatMap((one) => one.items ?? [])
  .reduce((sum, one) => sum + (Number(one.points) || 0), 0);
const fresh = (card, stem) => {
  const used = new Set((card.sections ?? []).flatMap((one) => [one.id, ...(one.items ?? []).map((item) => item.id)]));
  let n = 1;
  while (used.has(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
};
const swapped = (list, n, by) => {
  const next = [...list];
  [next[n], next[n + by]] = [next[n + by], next[n]];
  return next;
};
const byPlace = (places) => {
  const found = {};
  for (const one of places) (found[one.path.join(".")] ??= []).push(one);
  return found;
};

function Head({ card, change, places }) {
  const bind = (name) => ({ at: name, places });
  const toggle = (one) => {
    const held = card.channels ?? [];
    change({ ...card, channels: held.includes(one) ? held.filter((other) => other !== one) : [...held, one] });
  };
  return html`<div class="line">
      <${Field} label=${t.name_of_card} ...${bind("name")}><${TextInput} value=${card.name} maxlength="64"
        set=${(name) => change({ ...card, name })} ...${bind("name")} /></${Field}>
      <${Field} label=${t.version} ...${bind("version")}><${TextInput} value=${card.version} maxlength="32"
        set=${(version) => change({ ...card, version })} ...${bind("version")} /></${Field}>
      ${["fr", "en"].map((lang) => html`<${Field} class="grow" label=${t[`label_${lang}`]} ...${bind(`label.${lang}`)}>
        <${TextInput} value=${card.label?.[lang]} lang=${lang} ...${bind(`label.${lang}`)}
          set=${(text) => change({ ...card, label: { ...card.label, [lang]: text } })} /></${Field}>`)}</div>
    <fieldset class="choices"><legend>${t.channels}</legend>${CHANNELS.map((one) => html`<label key=${one}>
      <input type="checkbox" checked=${(card.channels ?? []).includes(one)} onChange=${() => toggle(one)} /> ${t[one]}</label>`)}
    </fieldset>`;
}

function Section({ card, n, change, places, open, setOpen }) {
  const section = card.sections[n];
  const at = `sections.${n}`;
  const items = section.items ?? [];
  const set = (values) => change({ ...card,
    sections: card.sections.map((one, m) => (m === n ? { ...one, ...values } : one)) });
  const setItem = (m) => (item) => set({ items: items.map((one, k) => (k === m ? item : one)) });
  const add = () => {
    const id = fresh(card, "question");
    set({ items: [...items, { id, label: { fr: "", en: "" }, points: 0, detector: { kind: "human", because: "meaning" }, decided_by: "person" }] });
    setOpen(id);
  };
  const wrongIn = (m) => Object.keys(places).some((place) => place.startsWith(`${at}.items.${m}.`)
    || place === `${at}.items.${m}`);
  return html`<section class="card-section" aria-label=${section.label?.fr || section.id}>
    <div class="line">
      <${Field} label=${t.id} at=${`${at}.id`} places=${places}><${TextInput} value=${section.id} maxlength="64"
        set=${(id) => set({ id })} at=${`${at}.id`} places=${places} /></${Field}>
      ${["fr", "en"].map((lang) => html`<${Field} class="grow" label=${`${t.section} (${lang === "fr" ? t.in_french : t.in_english})`}
        at=${`${at}.label.${lang}`} places=${places}><${TextInput} value=${section.label?.[lang]} lang=${lang}
          at=${`${at}.label.${lang}`} places=${places}
          set=${(text) => set({ label: { ...section.label, [lang]: text } })} /></${Field}>`)}
      <button type="button" class="quiet" aria-label=${fill(t.remove_named, { name: section.label?.fr || section.id })}
        onClick=${() => change({ ...card, sections: card.sections.filter((_, m) => m !== n) })}>${t.remove}</button></div>
    <${Wrong} at=${`${at}.items`} places=${places} />
    <ol class="items">${items.map((item, m) => html`<li key=${m} class=${wrongIn(m) ? "is-wrong" : ""}>
      <div class="row apart"><button type="button" class="link" aria-expanded=${open === item.id ? "true" : "false"}
          onClick=${() => setOpen(open === item.id ? null : item.id)}>${item.label?.fr || item.label?.en || item.id}</button>
        <span class="row"><span class="chip">${number(item.points)}</span>
          <button type="button" class="quiet" disabled=${m === 0} onClick=${() => set({ items: swapped(items, m, -1) })}
            aria-label=${`${t.up} ${item.id}`}>↑</button>
          <button type="button" class="quiet" disabled=${m === items.length - 1}
            onClick=${() => set({ items: swapped(items, m, 1) })} aria-label=${`${t.down} ${item.id}`}>↓</button>
          <button type="button" class="quiet" aria-label=${`${t.copy_question} ${item.id}`}
            onClick=${() => set({ items: [...items, { ...item, id: fresh(card, "question"), points: 0 }] })}>+</button>
          <button type="button" class="quiet" aria-label=${fill(t.remove_named, { name: item.id })}
            onClick=${() => set({ items: items.filter((_, k) => k !== m) })}>×</button></span></div>
      ${open === item.id && html`<${Question} item=${item} at=${`${at}.items.${m}`} places=${places}
        change=${(next) => { setItem(m)(next); if (next.id !== item.id) setOpen(next.id); }} />`}
    </li>`)}</ol>
    <button type="button" class="secondary" onClick=${add}>${t.add_question}</button>
  </section>`;
}

function Form({ card, change, places }) {
  const [open, setOpen] = useState(null);
  const sections = card.sections ?? [];
  const total = points(card);
  const add = () => change({ ...card, sections: [...sections,
    { id: fresh(card, "section"), label: { fr: "", en: "" }, items: [] }] });
  return html`<${Head} card=${card} change=${change} places=${places} />
    <div class="row apart"><h3>${t.sections}</h3>
      <span class=${`chip ${Math.abs(total - 100) < 1e-6 ? "good" : "warn"}`}>${fill(t.total, { n: number(total) })}</span></div>
    ${sections.map((section, n) => html`<${Section} key=${n} card=${card} n=${n} change=${change}
      places=${places} open=${open} setOpen=${setOpen} />`)}
    <button type="button" class="secondary" onClick=${add}>${t.add_section}</button>`;
}

/** Edit a card; `base` is the version that it was opened from, null for a new one. */
export function CardEditor({ first, base, leave, kept }) {
  const key = `card.${base ? `${base.name}.${base.version}` : "new"}`;
  const found = draft.find(key);
  const [held, setHeld] = useState(found ? found.value : { view: "form", card: first, yaml: "" });
  const [resumed, setResumed] = useState(found ? found.at : null);
  const [checked, setChecked] = useState(null);
  const [problem, setProblem] = useState(null);
  const [asking, setAsking] = useState(false);
  const now = useRef(held);
  now.current = held;
  const text = () => (now.current.view === "yaml" ? now.current.yaml : JSON.stringify(now.current.card));

  const set = (values) => {
    now.current = { ...held, ...values };
    setHeld(now.current);
    draft.keep(key, now.current);
  };
  const check = async () => {
    const asked = text();
    try {
      const answer = await ask("/v1/scorecards/validate", { method: "POST", body: { scorecard: asked } });
      if (asked === text()) setChecked(answer);
      setProblem(null);
      return answer;
    } catch (refused) {
      setProblem(refused);
      return null;
    }
  };
  useEffect(() => {
    const timer = setTimeout(check, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [held]);
  const look = async (view) => {
    if (view === held.view) return;
    const answer = await check();
    if (view === "yaml" && answer) set({ view, yaml: answer.yaml });
    else if (answer?.content) set({ view, card: answer.content });
  };
  const publish = async () => {
    const answer = await ask("/v1/scorecards", { method: "POST", body: { scorecard: text() } });
    draft.drop(key);
    say(fill(answer.is_new ? t.published : t.published_before, answer));
    kept();
    leave();
  };
  const forget = () => {
    draft.drop(key);
    setHeld({ view: "form", card: first, yaml: "" });
    setResumed(null);
  };
  const places = byPlace(checked?.places ?? []);
  const named = checked?.content ?? held.card;
  const wrong = checked && !checked.valid;
  return html`<section class="box editor" aria-label=${t.card}>
    <div class="row apart"><button class="quiet" onClick=${leave}>← ${t.back}</button>
      <div class="row">
        <a class="small" href="#trial">${t.try_card}</a>
        <div class="views" role="toolbar" aria-label=${t.view}>${["form", "yaml"].map((view) => html`
          <button type="button" class="secondary" aria-pressed=${held.view === view ? "true" : "false"}
            onClick=${() => look(view)}>${t[view]}</button>`)}</div>
        <button disabled=${!checked?.valid} onClick=${() => setAsking(true)}>${t.publish}</button></div></div>
    <h2>${t.card} ${named?.name} ${named?.version}</h2>
    ${resumed && html`<p class="notice" role="status">${fill(t.draft_found, { at: moment(resumed) })}
      <button class="quiet" onClick=${forget}>${t.draft_drop}</button></p>`}
    <div role="status">${checked?.valid && html`<p class="small fine">${t.checked}</p>`}
      ${wrong && html`<div class="problem">
        <p>${counted("wrong", checked.places.length || 1)}</p>
        ${(checked.conflict ? [checked.conflict] : []).map((one) => html`<p class="remedy" lang="en">${one}</p>`)}
        <ul>${checked.places.slice(0, 8).map((one) => html`<li class="small">
          <code>${one.path.join(".")}</code> ${t[`v_${one.kind}`] ?? html`<span lang="en">${one.message}</span>`}</li>`)}</ul>
      </div>`}</div>
    <${Problem} of=${problem} again=${check} />
    ${held.view === "form" ? html`<${Form} card=${held.card} places=${places} change=${(card) => set({ card })} />`
      : html`<label class="field">${t.yaml}<textarea class="code" rows="26" spellcheck="false" value=${held.yaml}
          onInput=${(event) => set({ yaml: event.currentTarget.value })}></textarea></label>`}
    ${asking && html`<${Sure} title=${t.publish} text=${fill(t.publish_sure, named)} yes=${t.publish}
      act=${publish} close=${() => setAsking(false)}><p class="small">${t.use_hint}</p></${Sure}>`}
  </section>
  <${CardTrial} text=${text} base=${base} />`;
}
