// Fields made from the shape of a value: text, numbers, choices, lines, both languages, parts.
import { given, html, lang, t } from "../kit.js";

const named = (prefix, name) => t[prefix + name] ?? t[name] ?? name;

/** What is wrong at a place, in the reader's words where they are known. */
export function Wrong({ at, places }) {
  const found = places[at] ?? [];
  return found.map((one) => html`<span class="wrong" id=${`wrong-${at}`}>${
    t[`v_${one.kind}`] ?? html`<span lang="en">${one.message}</span>`}</span>`);
}

/** One labelled input with what is wrong with it. */
export function Field({ label, at, places, children, class: more = "" }) {
  return html`<label class=${`field ${more}`}>${label}${children}<${Wrong} at=${at} places=${places} /></label>`;
}

const invalid = (at, places) => (places[at]
  ? { "aria-invalid": "true", "aria-describedby": `wrong-${at}` } : {});

/** A text that may be left empty. */
export function TextInput({ value, set, at, places, rows, ...more }) {
  const props = { value: value ?? "", ...invalid(at, places), ...more,
    onInput: (event) => set(event.currentTarget.value) };
  return rows ? html`<textarea rows=${rows} ...${props}></textarea>` : html`<input ...${props} />`;
}

export function NumberInput({ value, set, at, places, ...more }) {
  return html`<input type="number" step="any" value=${value ?? ""} ...${invalid(at, places)} ...${more}
    onInput=${(event) => set(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))} />`;
}

/** A text in French and in English; null where both are empty and it may be left out. */
export function Both({ value, set, at, places, label, optional = false }) {
  const change = (lang) => (text) => {
    const next = { ...value, [lang]: text };
    set(optional && !next.fr && !next.en ? null : next);
  };
  return html`<div class="pair">${["fr", "en"].map((lang) => html`
    <${Field} label=${`${label} (${lang === "fr" ? t.in_french : t.in_english})`} at=${`${at}.${lang}`} places=${places}>
      <${TextInput} value=${value?.[lang]} set=${change(lang)} at=${`${at}.${lang}`} places=${places} lang=${lang} />
    </${Field}>`)}</div><${Wrong} at=${at} places=${places} />`;
}

function Choices({ shape, value, set, label, at, places }) {
  const held = value ?? shape.default ?? [];
  const toggle = (one) => set(held.includes(one) ? held.filter((other) => other !== one)
    : shape.items.enum.filter((other) => other === one || held.includes(other)));
  return html`<fieldset class="choices"><legend>${label}</legend>
    ${shape.items.enum.map((one) => html`<label key=${one}><input type="checkbox"
      checked=${held.includes(one)} onChange=${() => toggle(one)} /> ${named("o_", String(one))}</label>`)}
    <${Wrong} at=${at} places=${places} /></fieldset>`;
}

function Lines({ value, set, label, at, places }) {
  const wrong = Object.keys(places).find((place) => place === at || place.startsWith(`${at}.`));
  return html`<${Field} label=${label} at=${wrong ?? at} places=${places}>
    <textarea rows="3" value=${(value ?? []).join("\n")} onInput=${(event) =>
      set(event.currentTarget.value.split("\n"))}
      onBlur=${(event) => set(event.currentTarget.value.split("\n").map((one) => one.trim()).filter(Boolean))}>
    </textarea></${Field}>`;
}

// Some of many names: those that were taken, each to be dropped, and a list to take others from.
function Names({ shape, value, set, label, at, places }) {
  const held = value ?? [];
  const shown = (name) => given.phrases[name]?.[lang] ?? name;
  const wrong = Object.keys(places).find((place) => place === at || place.startsWith(`${at}.`));
  return html`<div class="names"><${Field} label=${label} at=${wrong ?? at} places=${places}>
      <select value="" onChange=${(event) => event.currentTarget.value && set([...held, event.currentTarget.value])}>
        <option value="">${t.add_one}</option>
        ${Object.keys(given.phrases).filter((one) => !held.includes(one)).map(
          (one) => html`<option value=${one}>${shown(one)}</option>`)}</select></${Field}>
    ${held.map((one) => html`<span class="chip" key=${one}>${shown(one)}
      <button type="button" aria-label=${`${t.remove} ${shown(one)}`}
        onClick=${() => set(held.filter((other) => other !== one))}>×</button></span>`)}</div>`;
}

function ByKey({ shape, value, set, label, at, places }) {
  const held = value ?? {};
  const drop = (key) => set(Object.fromEntries(Object.entries(held).filter(([one]) => one !== key)));
  return html`<fieldset><legend>${label}</legend>
    ${shape.keys.map((key) => html`<div class="by-key" key=${key}>
      <label><input type="checkbox" checked=${key in held}
        onChange=${() => (key in held ? drop(key) : set({ ...held, [key]: {} }))} /> ${named("", key)}</label>
      ${key in held && html`<${Shaped} shape=${shape.each} value=${held[key]} at=${`${at}.${key}`}
        places=${places} set=${(next) => set({ ...held, [key]: next })} />`}</div>`)}
    <${Wrong} at=${at} places=${places} /></fieldset>`;
}

function Parts({ shape, value, set, at, places }) {
  const change = (name) => (next) => {
    const held = { ...value, [name]: next };
    if (next === null || next === undefined) delete held[name];
    set(held);
  };
  return html`<div class="shape">${Object.entries(shape.fields).map(([name, of]) => html`
    <${Shaped} key=${name} shape=${of} value=${value?.[name]} set=${change(name)} name=${name}
      at=${`${at}.${name}`} places=${places} />`)}</div>`;
}

const isBoth = (shape) => shape.fields && Object.keys(shape.fields).join() === "fr,en"
  && shape.fields.fr.type === "string";

/** An input for a value of a shape; `name` says what it is called. */
export function Shaped({ shape, value, set, name, at, places }) {
  const label = name ? named("f_", name) : "";
  const own = { shape, value, set, label, at, places };
  if (isBoth(shape)) return html`<${Both} ...${own} optional=${!shape.required} />`;
  if (shape.keys) return html`<${ByKey} ...${own} />`;
  if (shape.fields)
    return name ? html`<fieldset><legend>${label}</legend><${Parts} ...${own} /></fieldset>`
      : html`<${Parts} ...${own} />`;
  if (shape.items?.names) return html`<${Names} ...${own} />`;
  if (shape.type === "array")
    return shape.items.enum ? html`<${Choices} ...${own} />` : html`<${Lines} ...${own} />`;
  if (shape.enum)
    return html`<${Field} label=${label} at=${at} places=${places}>
      <select value=${value ?? shape.default ?? ""} onChange=${(event) => set(event.currentTarget.value)}>
        ${shape.required && html`<option value=""></option>`}
        ${shape.enum.map((one) => html`<option value=${one}>${named("o_", one)}</option>`)}</select></${Field}>`;
  const typed = shape.type === "string" ? TextInput : NumberInput;
  return html`<${Field} label=${label} at=${at} places=${places}>
    <${typed} value=${value} at=${at} places=${places} placeholder=${shape.default ?? ""}
      set=${(next) => set(next === "" ? null : next)} /></${Field}>`;
}

/** The shape of each kind of question, as the page was given it. */
export const kinds = given.form ?? {};
