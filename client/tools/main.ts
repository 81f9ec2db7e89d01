// The desk's tools: importing this module defines their elements.
import "./wording-field.ts";
import "./linked.ts";
import "./search-page.ts";
import "./brief-page.ts";
import "./guardian-page.ts";
import "./copy-page.ts";
import "./comment-page.ts";
