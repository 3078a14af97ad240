// The scorecards with all their versions, and the editor of the next one.
import { Problem, ask, day, fill, given, html, mount, number, root, t, useState } from "../kit.js";
import { CardEditor } from "./cardeditor.js";
import { CardsInUse, UseCard } from "./cardsuse.js";
import { raised } from "./choosing.js";
import { address } from "./parts.js";

const BLANK = {
  name: "ma-grille", version: "1.0", label: { fr: "", en: "" }, channels: [],
  sections: [{ id: "accueil", label: { fr: "Accueil", en: "Welcome" }, items: [{
    id: "salutation", label: { fr: "", en: "" }, points: 100, detector: { kind: "greeting" } }] }],
};

const newest = (versions, name) => versions.filter((one) => one.name === name).at(-1);
const titleOf = (one) => (document.documentElement.lang === "fr" ? one.label_fr : one.label_en);

function Version({ one, open, use, isNewest }) {
  return html`<tr>
    <td class="name"><strong>${titleOf(one)}</strong><br /><span class="small">${one.name}</span></td>
    <td>${one.version} ${one.in_use && html`<span class="chip good">${t.in_use}</span>`}</td>
    <td class="number">${number(one.questions)}</td>
    <td>${one.channels.length ? one.channels.map((channel) => t[channel]).join(", ") : t.any_channel}</td>
    <td>${t[`origin_${one.origin}`]}</td>
    <td>${one.published_at ? day(one.published_at) : "–"}</td>
    <td class="acts"><a href=${`${root}/v1/scorecards/${encodeURIComponent(one.name)}?version=${encodeURIComponent(one.version)}&format=yaml`}
        download=${`${one.name}-${one.version}.yaml`}>${t.file}</a>
      ${given.may_choose && html`<button class="quiet" aria-label=${fill(t.use_named, one)}
        onClick=${() => use(one)}>${t.use}</button>`}
      <button class=${isNewest ? "secondary" : "quiet"} aria-label=${fill(t.edit_named, one)}
        onClick=${() => open(one)}>${t.edit}</button></td></tr>`;
}

function Scorecards() {
  const [versions, setVersions] = useState(given.cards);
  const [opened, setOpened] = useState(null);
  const [problem, setProblem] = useState(null);
  const [inUse, setInUse] = useState(given.in_use);
  const [asked, setAsked] = useState(null);
  const read = () => ask("/v1/scorecards").then((found) => setVersions(found.data), setProblem);
  const open = async (one) => {
    try {
      const { scorecard } = await ask(
        `/v1/scorecards/${encodeURIComponent(one.name)}?version=${encodeURIComponent(one.version)}`);
      setOpened({ base: one, first: { ...scorecard, version: raised(newest(versions, one.name).version) } });
      setProblem(null);
      address({ card: one.name });
    } catch (refused) {
      setProblem(refused);
    }
  };
  const leave = () => {
    setOpened(null);
    address({ card: null });
  };
  if (opened)
    return html`<${CardEditor} base=${opened.base} first=${opened.first} leave=${leave} kept=${read} />`;
  const chosen = (found) => {
    setInUse(found);
    read();
  };
  return html`<${CardsInUse} inUse=${inUse} versions=${versions} kept=${chosen} />
  <section class="box">
    <div class="row apart"><h2>${t.cards}</h2>
      <button onClick=${() => setOpened({ base: null, first: BLANK })}>${t.new_card}</button></div>
    <p class="small">${t.cards_hint}</p>
    <${Problem} of=${problem} />
    <div class="scroll"><table class="table">
      <thead><tr><th scope="col">${t.card}</th><th scope="col">${t.version}</th>
        <th scope="col" class="number">${t.questions}</th><th scope="col">${t.channels}</th>
        <th scope="col">${t.origin}</th><th scope="col">${t.published_at}</th>
        <th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${versions.map((one) => html`<${Version} key=${`${one.name} ${one.version}`} one=${one}
        open=${open} use=${setAsked} isNewest=${newest(versions, one.name) === one} />`)}</tbody></table></div>
    ${asked && html`<${UseCard} card=${asked} inUse=${inUse} kept=${chosen} close=${() => setAsked(null)} />`}
  </section>`;
}

mount(Scorecards, "admin");
