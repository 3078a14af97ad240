// Markdown as an author sees it; text stays text, nothing of it becomes markup of the page.
import { html } from "../kit.js";

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|__[^_]+__|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)\s]+\))/;

function inline(text) {
  return text.split(INLINE).map((part) => {
    if (/^`[^`]+`$/.test(part)) return html`<code>${part.slice(1, -1)}</code>`;
    if (/^(\*\*|__).+\1$/.test(part)) return html`<strong>${part.slice(2, -2)}</strong>`;
    if (/^\*[^*]+\*$/.test(part)) return html`<em>${part.slice(1, -1)}</em>`;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    if (!link) return part;
    return /^https?:\/\//.test(link[2])
      ? html`<a href=${link[2]} target="_blank" rel="noopener noreferrer">${link[1]}</a>`
      : html`<u>${link[1]}</u>`;
  });
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => one.trim());
const isRule = (line) => /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(line ?? "") && line.includes("-");
const ITEM = /^\s*([-*+]|\d+[.)])\s+(.*)$/;

// Below the headings of the page around it, and no level left out, whatever the author wrote.
function heading(level, text) {
  const words = inline(text);
  if (level <= 1) return html`<h3 class="title">${words}</h3>`;
  return level === 2 ? html`<h4>${words}</h4>` : html`<h5>${words}</h5>`;
}

function blocksOf(lines) {
  const blocks = [];
  let at = 0;
  let above = 0;
  const take = (fits) => {
    const from = at;
    while (at < lines.length && fits(lines[at])) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    const title = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) at += 1;
    else if (title) {
      above = Math.min(title[1].length, above + 1);
      blocks.push(heading(above, title[2]));
      at += 1;
    } else if (/^\s*(```|~~~)/.test(line)) {
      at += 1;
      const code = take((one) => !/^\s*(```|~~~)/.test(one));
      at += 1;
      blocks.push(html`<pre><code>${code.join("\n")}</code></pre>`);
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push(html`<hr />`);
      at += 1;
    } else if (line.includes("|") && isRule(lines[at + 1])) {
      const head = cells(line);
      at += 2;
      const rows = take((one) => one.includes("|")).map(cells);
      blocks.push(html`<div class="scroll"><table class="table">
        <thead><tr>${head.map((one) => html`<th scope="col">${inline(one)}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((one) => html`<td>${inline(one)}</td>`)}</tr>`)}
        </tbody></table></div>`);
    } else if (/^\s*>/.test(line)) {
      const quoted = take((one) => /^\s*>/.test(one)).map((one) => one.replace(/^\s*>\s?/, ""));
      blocks.push(html`<blockquote>${blocksOf(quoted)}</blockquote>`);
    } else if (ITEM.test(line)) {
      const items = [];
      for (const one of take((next) => ITEM.test(next) || /^\s{2,}\S/.test(next))) {
        const item = ITEM.exec(one);
        if (item) items.push(item[2]);
        else items[items.length - 1] += ` ${one.trim()}`;
      }
      const list = items.map((one) => html`<li>${inline(one)}</li>`);
      blocks.push(/^\s*\d/.test(line) ? html`<ol>${list}</ol>` : html`<ul>${list}</ul>`);
    } else {
      const words = take((one) => one.trim() && !/^(#{1,6}\s|\s*>|\s*(```|~~~))/.test(one)
        && !ITEM.test(one));
      // A line that looks like the start of something else and is none is a paragraph all the same.
      if (!words.length) words.push(lines[at++]);
      blocks.push(html`<p>${inline(words.join(" "))}</p>`);
    }
  }
  return blocks;
}

/** A Markdown text as it reads. */
export const Markdown = ({ text }) =>
  html`<div class="markdown">${blocksOf(text.replace(/\r\n?/g, "\n").split("\n"))}</div>`;
