// The scorecards in use, channel by channel, and putting another one into use.
import { Problem, fill, given, html, lang, say, t, useState } from "../kit.js";
import { choose, sinceOf } from "./choosing.js";
import { Sure } from "./parts.js";

const NONE = { name: null, version: null };
const titleOf = (one, versions) => {
  const found = versions.find((card) => card.sha256 === one.sha256);
  return found ? (lang === "fr" ? found.label_fr : found.label_en) : one.name;
};

function Row({ one, inUse, versions, giveBack }) {
  const channel = t[one.channel];
  const own = one.use?.channel === one.channel;
  return html`<tr><th scope="row">${channel}</th>
    <td class="name">${titleOf(one, versions)} <span class="small">${one.name} ${one.version}</span></td>
    <td class="small">${one.use?.name ? html`${sinceOf(one.use)}${own ? "" : ` (${t.for_all})`}`
      : fill(t.usual, { origin: t[`origin_${one.origin}`] })}</td>
    <td class="acts">${given.may_choose && own && one.use.name && html`<button class="quiet"
      aria-label=${fill(t.back_usual_for, { channel })} onClick=${() => giveBack(one.channel)}>${t.back_usual}</button>`}</td></tr>`;
}

export function CardsInUse({ inUse, versions, kept }) {
  const [problem, setProblem] = useState(null);
  const giveBack = (channel) => choose(inUse, "scorecard", NONE, channel).then((found) => {
    kept(found);
    setProblem(null);
    say(t.back_done);
  }, setProblem);
  const everywhere = inUse.choices.some((one) => one.kind === "scorecard" && !one.channel && one.name);
  return html`<section class="box">
    <div class="row apart"><h2>${t.used_title}</h2>
      ${given.may_choose && everywhere && html`<button class="quiet" onClick=${() => giveBack(null)}
        aria-label=${fill(t.back_usual_for, { channel: t.all_channels })}>${t.back_usual}</button>`}</div>
    <p class="small">${t.used_hint}${given.may_choose ? "" : ` ${t.only_admin}`}</p>
    <${Problem} of=${problem} again=${() => location.reload()} />
    <div class="scroll"><table class="table small-table">
      <thead><tr><th scope="col">${t.channel}</th><th scope="col">${t.card}</th><th scope="col">${t.chosen}</th>
        <th scope="col"><span class="hidden">${t.acts}</span></th></tr></thead>
      <tbody>${inUse.scorecards.map((one) => html`<${Row} key=${one.channel} one=${one} inUse=${inUse}
        versions=${versions} giveBack=${giveBack} />`)}</tbody></table></div></section>`;
}

export function UseCard({ card, inUse, kept, close }) {
  const fitting = inUse.scorecards.map((one) => one.channel)
    .filter((one) => !card.channels.length || card.channels.includes(one));
  const [channel, setChannel] = useState(card.channels.length ? fitting[0] : "");
  const act = async () => {
    kept(await choose(inUse, "scorecard", card, channel || null));
    say(fill(t.used_now, card));
  };
  return html`<${Sure} title=${t.use} text=${fill(t.use_sure, card)} yes=${t.use} act=${act} close=${close}>
    <label class="field">${t.use_for}<select value=${channel}
        onChange=${(event) => setChannel(event.currentTarget.value)}>
      ${!card.channels.length && html`<option value="">${t.all_channels}</option>`}
      ${fitting.map((one) => html`<option key=${one} value=${one}>${t[one]}</option>`)}</select></label>
  </${Sure}>`;
}
