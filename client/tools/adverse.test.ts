// A list of acts against people who reported: read as programs write it, matched whichever way a name is written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../lib/bytes.ts";
import { fits, matches, monthsAfter } from "./adverse.ts";
import type { Watched } from "./adverse.ts";
import pack from "./desk-pack.json";
import { dayOf, readTable } from "./table-file.ts";

const ROWENA: Watched = { id: "1", name: "Rowena O'Ashby", numbers: ["PC 004471"], emails: ["r.ashby@force.example"], reported: "2026-01-05", case: "ABC-DEF" };
const nobody = { names: [], numbers: [], emails: [] };

test("lists are read as other programs write them", () => {
  assert.deepEqual(readTable('\uFEFFName;Date\r\n"Ashby; Rowena";2026-02-01\r\n\r\n'), { columns: ["Name", "Date"], rows: [["Ashby; Rowena", "2026-02-01"]] });
  assert.deepEqual(readTable('a,b\n"say ""x""\nthen",2').rows, [['say "x"\nthen', "2"]]);
  assert.deepEqual(readTable("a\tb\nx").rows, [["x", ""]]);
  for (const bad of ["", "no columns here", 'a,b\n"open,2']) assert.throws(() => readTable(bad), FormatError, bad);
});

test("days as lists write them", () => {
  for (const text of ["2026-03-14", "2026-03-14T09:00", "14/03/2026", "14.3.2026", "14 March 2026", "14-Mar-2026"]) assert.equal(dayOf(text), "2026-03-14", text);
  for (const text of ["", "soon", "31/02/2026", "2026-13-01", "14 Foo 2026"]) assert.equal(dayOf(text), "", text);
});

test("a number, an address, a name, or perhaps", () => {
  assert.equal(fits(ROWENA, { ...nobody, numbers: ["pc4471"] }), "number");
  assert.equal(fits(ROWENA, { ...nobody, emails: ["R.Ashby@Force.example "] }), "email");
  for (const name of ["O’ASHBY, Rowena", "PC Rowena Oashby", "Rówena Marie O'Ashby"]) assert.equal(fits(ROWENA, { ...nobody, names: [name] }), "name", name);
  for (const name of ["O'Ashby, R", "R. O'Ashby", "O'Ashby Row"]) assert.equal(fits(ROWENA, { ...nobody, names: [name] }), "perhaps", name);
  for (const name of ["O'Ashby, Thomas", "Rowena Smith", "O'Ashby", ""]) assert.equal(fits(ROWENA, { ...nobody, names: [name] }), undefined, name);
  assert.equal(fits({ ...ROWENA, numbers: [""], emails: [""] }, { ...nobody, numbers: ["-"], emails: [" "] }), undefined);
});

const LIST = `Surname,Forename,Collar No,Date of change,Action
O'Ashby,Rowena,4471,20/01/2026,Transfer to another station
O'Ashby,R,,2026-02-01,Grievance raised about her conduct
O'Ashby,Rowena,,04/01/2026,Roster change
O'Ashby,Rowena,,06/01/2027,Overtime refused
Brook,Lee,4472,2026-02-02,Transfer
O'Ashby,Rowena,,when it suits,Unclear`;

test("acts since the report are found, with their kind; counter-allegations are flagged; later ones are said to be later", () => {
  const found = matches(readTable(LIST), [ROWENA], pack.watch.acts, pack.watch.second_look_months);
  assert.deepEqual(
    found.map(({ row, by, kind, late, day }) => [row, by, kind?.id, kind?.counter, late, day]),
    [
      [2, "number", "moved", false, false, "2026-01-20"],
      [3, "perhaps", "discipline", true, false, "2026-02-01"],
      [5, "name", "career", false, true, "2027-01-06"],
      [7, "name", undefined, undefined, false, ""],
    ],
  );
});

test("twelve months from a day end on that day, or the month's last", () => {
  assert.equal(monthsAfter("2026-01-05", 12), "2027-01-05");
  assert.equal(monthsAfter("2028-02-29", 12), "2029-02-28");
});
