// Registers every element of the desk.
import "./unlock.ts";
import "./sign-in.ts";
import "./welcome.ts";
import "./own-key.ts";
import "./save-key.ts";
import "./new-key.ts";
import "./people.ts";
import "./recover.ts";
import "./casework.ts";
import "../tools/main.ts";
import { keyring } from "./keyring.ts";
import { meta } from "./page.ts";

void keyring.sweep(meta("person") !== "");

// Signing out closes the key in every tab before the session ends.
document.querySelector('form[action="/desk/sign-out/"]')?.addEventListener("submit", () => keyring.lock());
