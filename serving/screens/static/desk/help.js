// The keys of the desk, and the switch that turns them off (WCAG 2.1.4).
import { areKeysOn, Dialog, given, html, t, turnKeys, useState } from "../kit.js";

const OF_CALLS = [
  ["c", "copy"], ["u", "useful"], ["d", "useless"], ["x", "dismiss"], ["m", "key_mute"],
  ["n", "key_note"], ["p", "key_pause"], ["b", "key_bottom"], ["Ctrl ⏎", "note_send"],
];
const OF_WRITTEN = [
  ["j k", "w_key_next"], ["t", "w_key_take"], ["r", "w_key_reply"], ["d", "w_key_draft"],
  ["Ctrl ⏎", "w_key_send"],
];

const Keys = ({ title, keys }) => html`<table class="table">
  <caption>${title}</caption>
  <tbody>${keys.map(([key, name]) => html`<tr key=${key}>
    <th scope="row">${key.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</th><td>${t[name]}</td></tr>`)}</tbody></table>`;

export function Help({ close }) {
  const [isOn, setIsOn] = useState(areKeysOn);
  const turn = (event) => {
    turnKeys(event.currentTarget.checked);
    setIsOn(event.currentTarget.checked);
  };
  return html`<${Dialog} title=${t.keys} close=${close}>
    <div class="keys-of">
      <${Keys} title=${t.side_calls} keys=${OF_CALLS} />
      ${given.has_written && html`<${Keys} title=${t.side_written} keys=${OF_WRITTEN} />`}
    </div>
    <label class="tick"><input type="checkbox" role="switch" checked=${isOn} onChange=${turn} />
      <span>${t.keys_on}</span></label>
  </${Dialog}>`;
}
