// The desk's tools: importing this module defines their elements.
import "./wording-field.ts";
import "./search-page.ts";
