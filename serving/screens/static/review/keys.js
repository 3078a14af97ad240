// The list of a screen's keys.
import { Dialog, html, t } from "../kit.js";

/** Show keys [["j k", "what they do"], …]; several keys stand with a space between them. */
export const Keys = ({ of, close }) => html`<${Dialog} title=${t.keys} close=${close}>
  <dl class="keys">${of.map(([keys, what]) => html`<div>
    <dt>${keys.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl>
</${Dialog}>`;
