// The written side on a page of its own.
import { mount } from "../kit.js";
import { WrittenPage } from "./written.js";

mount(WrittenPage, "written");
