// The chat on any site: <script src="https://entendu.example/static/chat/widget.js" async></script>
// data-lang: fr or en; data-colour: of the button; data-label: what a screen reader says of it.
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src);
  const root = origin.pathname.slice(0, origin.pathname.indexOf("/static/"));
  const language = script.dataset.lang === "en" ? "en" : "fr";
  const label = script.dataset.label ?? (language === "fr" ? "Ouvrir l'assistance" : "Open help");
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{all:initial;position:fixed;right:20px;bottom:20px;z-index:2147483000}
    button{width:56px;height:56px;border:0;border-radius:50%;color:#fff;font:600 24px/1 system-ui;
      background:var(--entendu-colour,#2b4c9b);box-shadow:0 4px 18px rgba(0,0,0,.28);cursor:pointer}
    button:focus-visible{outline:3px solid #fff;outline-offset:-6px}
    iframe{display:none;position:absolute;right:0;bottom:68px;width:min(400px,calc(100vw - 32px));
      height:min(620px,calc(100vh - 120px));border:1px solid rgba(0,0,0,.18);border-radius:16px;
      background:#fff;box-shadow:0 10px 40px rgba(0,0,0,.3)}
    :host([open]) iframe{display:block}`);
  shadow.adoptedStyleSheets = [sheet];
  const colour = script.dataset.colour;
  if (colour && CSS.supports("color", colour)) host.style.setProperty("--entendu-colour", colour);
  const frame = document.createElement("iframe");
  frame.title = label;
  frame.setAttribute(
    "sandbox",
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads",
  );
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "?";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-expanded", "false");
  const toggle = (open) => {
    if (open && !frame.src) frame.src = `${origin.origin}${root}/chat/frame?lang=${language}`;
    host.toggleAttribute("open", open);
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "×" : "?";
  };
  button.addEventListener("click", () => toggle(!host.hasAttribute("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && host.hasAttribute("open")) {
      toggle(false);
      button.focus();
    }
  });
  shadow.append(frame, button);
  document.body.append(host);
})();
