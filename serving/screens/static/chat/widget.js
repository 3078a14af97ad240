// The chat on any site: <script src="https://entendu.example/static/chat/widget.js" async></script>
// data-lang: fr or en; data-theme: light or dark; data-colour: of the button and the chat;
// data-side: left or right; data-label: what a screen reader says of the button.
(() => {
  const script = document.currentScript;
  const { lang, theme, colour, side, label: given } = script.dataset;
  const from = new URL(script.src);
  const root = from.origin + from.pathname.slice(0, from.pathname.indexOf("/static/"));
  const french = lang ? lang !== "en" : !/^en/i.test(document.documentElement.lang || "fr");
  const label = given ?? (french ? "Ouvrir l'assistance" : "Open help");
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{all:initial;position:fixed;${side === "left" ? "left" : "right"}:20px;bottom:20px;
      z-index:2147483000}
    button{position:relative;width:56px;height:56px;border:0;border-radius:50%;color:#fff;padding:0;
      background:var(--colour,#2b4c9b);box-shadow:0 4px 18px rgb(0 0 0/.28);cursor:pointer}
    button:focus-visible{outline:3px solid #fff;outline-offset:-6px}
    svg{width:26px;height:26px;display:block;margin:auto}
    .cross,:host([open]) .bubble{display:none}:host([open]) .cross{display:block}
    b{position:absolute;top:-4px;right:-4px;min-width:20px;border-radius:10px;background:#b3302f;
      color:#fff;font:600 13px/20px system-ui}
    b:empty{display:none}
    iframe{display:none;position:absolute;${side === "left" ? "left" : "right"}:0;bottom:68px;
      width:min(400px,calc(100vw - 40px));height:min(640px,calc(100vh - 108px));border:0;
      border-radius:16px;background:#fff;box-shadow:0 10px 40px rgb(0 0 0/.3)}
    :host([open]) iframe{display:block}
    @media (max-width:480px){:host([open]){inset:0}:host([open]) button{display:none}
      :host([open]) iframe{position:static;width:100%;height:100%;border-radius:0}}`);
  shadow.adoptedStyleSheets = [sheet];
  if (colour && CSS.supports("color", colour)) host.style.setProperty("--colour", colour);
  shadow.innerHTML = `<iframe></iframe><button type="button" aria-expanded="false">
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path class="bubble"
      d="M4 5h16v11H9l-5 4z"/><path class="cross" d="M6 6l12 12M18 6L6 18"/></svg><b></b></button>`;
  const [frame, button] = shadow.children;
  const badge = button.querySelector("b");
  frame.title = label;
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups "
    + "allow-popups-to-escape-sandbox allow-downloads");
  button.setAttribute("aria-label", label);
  const toggle = (open) => {
    if (open && !frame.src) {
      const asked = new URLSearchParams({ lang: french ? "fr" : "en" });
      if (theme) asked.set("theme", theme);
      if (colour) asked.set("colour", colour);
      frame.src = `${root}/chat/frame?${asked}`;
    }
    host.toggleAttribute("open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) badge.textContent = "";
    (open ? frame : button).focus();
  };
  button.addEventListener("click", () => toggle(!host.hasAttribute("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && host.hasAttribute("open")) toggle(false);
  });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== from.origin) return;
    if (data?.entendu === "close") toggle(false);
    if (data?.entendu === "unread" && !host.hasAttribute("open"))
      badge.textContent = String(Number(badge.textContent) + Number(data.count));
  });
  document.body.append(host);
})();
