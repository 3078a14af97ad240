// One question of a scorecard: what it asks, what it weighs, and how it is decided.
import { html, t } from "../kit.js";
import { Both, Field, NumberInput, Shaped, TextInput, kinds } from "./fields.js";

const DECIDES = ["machine", "both", "person"];

/** Edit a question; `at` is its place in the card. */
export function Question({ item, change, at, places }) {
  const kind = item.detector?.kind ?? "";
  const shape = kinds[kind];
  const own = (name) => ({ at: `${at}.${name}`, places });
  const set = (name) => (value) => {
    const next = { ...item, [name]: value };
    if (value === null || value === "") delete next[name];
    change(next);
  };
  const choose = (event) => {
    const next = { ...item, detector: { kind: event.currentTarget.value } };
    // What only a person can decide, a person decides; no other choice is taken.
    if (next.detector.kind === "human") next.decided_by = "person";
    else if (kind === "human") delete next.decided_by;
    change(next);
  };
  return html`<div class="question">
    <div class="line">
      <${Field} label=${t.id} ...${own("id")}><${TextInput} value=${item.id} maxlength="64"
        set=${(id) => change({ ...item, id })} ...${own("id")} /></${Field}>
      <${Field} label=${t.points} ...${own("points")}><${NumberInput} value=${item.points} min="0" max="100"
        set=${(points) => change({ ...item, points: points ?? 0 })} ...${own("points")} /></${Field}>
      <${Field} label=${t.decided_by} ...${own("decided_by")}><select disabled=${kind === "human"}
        value=${item.decided_by ?? "machine"} onChange=${(event) => set("decided_by")(event.currentTarget.value)}>
        ${DECIDES.map((one) => html`<option value=${one}>${t[`decided_${one}`]}</option>`)}</select></${Field}>
    </div>
    <div class="pair">${["fr", "en"].map((lang) => html`
      <${Field} label=${t[`question_${lang}`]} ...${own(`label.${lang}`)}><${TextInput} lang=${lang}
        value=${item.label?.[lang]} ...${own(`label.${lang}`)}
        set=${(text) => change({ ...item, label: { ...item.label, [lang]: text } })} /></${Field}>`)}</div>
    <${Field} label=${t.kind} ...${own("detector")}><select value=${kind} onChange=${choose}>
      <option value=""></option>
      ${Object.keys(kinds).map((one) => html`<option value=${one}>${t[`k_${one}`] ?? one}</option>`)}
    </select></${Field}>
    ${shape && html`<fieldset class="settings"><legend>${t.settings_of}</legend>
      ${Object.keys(shape).length ? html`<${Shaped} shape=${{ fields: shape }} value=${item.detector}
          ...${own("detector")} set=${(detector) => change({ ...item, detector: { ...detector, kind } })} />`
        : html`<p class="small">${t.no_settings}</p>`}</fieldset>`}
    <${Field} label=${t.when} ...${own("when")}><${TextInput} value=${item.when} placeholder=${t.when_hint}
      set=${set("when")} ...${own("when")} /></${Field}>
    <${Both} label=${t.eliminatory} value=${item.eliminatory} set=${set("eliminatory")} optional ...${own("eliminatory")} />
    <${Both} label=${t.not_applicable} value=${item.not_applicable} set=${set("not_applicable")} optional ...${own("not_applicable")} />
    <${Both} label=${t.tip} value=${item.tip} set=${set("tip")} optional ...${own("tip")} />
  </div>`;
}
