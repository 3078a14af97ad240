// What an article is while it is edited: its facts, its text, and the file that both make.

export const FACTS = [
  "title", "state", "audience", "owner", "review_on", "language", "product", "valid_from",
  "valid_to", "url",
];

/** An article that is not in the base yet. */
export const blank = (values = {}) => ({
  path: "", title: "", state: "work_in_progress", audience: "internal", owner: "", review_on: "",
  language: "", product: "", valid_from: "", valid_to: "", url: "", text: "", others: {},
  ...values,
});

/** An article of the base, to be edited. */
export const editable = (detail) => blank({
  ...Object.fromEntries(FACTS.map((name) => [name, detail[name] ?? ""])),
  path: detail.path,
  text: (detail.markdown ?? "").replace(/^\s*\n/, ""),
  others: detail.properties,
});

// A JSON string is a double-quoted YAML string, whatever is in it.
const line = (name, value) => `${name}: ${JSON.stringify(value)}\n`;

/** The file that an article is sent as: front matter and Markdown. */
export function fileOf(article) {
  const facts = FACTS.filter((name) => article[name]).map((name) => line(name, article[name]));
  const others = Object.entries(article.others).map(([name, value]) => line(JSON.stringify(name), value));
  return `---\n${facts.join("")}${others.join("")}---\n\n${article.text.trim()}\n`;
}

/** A draft that is Markdown with front matter, such as that of a gap, as an article. */
export function fromDraft(draft, language) {
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(draft);
  const given = { language };
  for (const one of (parts ? parts[1] : "").split("\n")) {
    const found = /^(\w+):\s*(.*)$/.exec(one);
    if (found && FACTS.includes(found[1]))
      given[found[1]] = found[2].replace(/^"(.*)"$/, "$1").replace(/^'(.*)'$/, "$1");
  }
  const text = (parts ? parts[2] : draft).trim();
  const title = /^#\s+(.+)$/m.exec(text)?.[1];
  return blank({ ...given, title: given.title ?? title ?? "", state: "not_validated", text });
}

/** A name in the base for a title: "Remise après coupure" → "articles/remise-apres-coupure.md". */
export function pathOf(title) {
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80);
  return words ? `articles/${words}.md` : "";
}
