// The desk's custom elements for cases: importing this module defines them.
import "./case.ts";
import "./file.ts";
