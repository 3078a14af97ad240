// The written side on a page of its own.
import { html, mount } from "../kit.js";
import { Written } from "./written.js";

mount(() => html`<${Written} alone />`, "written");
